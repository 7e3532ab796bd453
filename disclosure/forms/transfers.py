from django import forms


class ReceiptForm(forms.Form):
    on = forms.DateField(label="签收日期", widget=forms.DateInput(attrs={"type": "date"}))
    receipt_no = forms.CharField(label="回执编号", max_length=60, required=False)
    received_by = forms.CharField(label="签收人", max_length=40)
