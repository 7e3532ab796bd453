import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import portal.people.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('masked_phone', models.CharField(max_length=20, verbose_name='号码')),
                ('keyword', models.CharField(max_length=20, verbose_name='回复内容')),
                ('opted_out_at', models.DateTimeField(verbose_name='退订时间')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='恢复时间')),
            ],
            options={
                'verbose_name': '短信退订',
                'verbose_name_plural': '短信退订',
                'permissions': [('revoke_optout', '恢复短信提醒')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=64, unique=True, verbose_name='代码')),
                ('title', models.CharField(max_length=60, verbose_name='标题')),
                ('kind', models.CharField(choices=[('code', '验证码'), ('notice', '办事通知'), ('reminder', '提醒')], default='notice', max_length=16, verbose_name='类别')),
                ('body', models.TextField(verbose_name='正文')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None, verbose_name='渠道')),
                ('bypass_quiet', models.BooleanField(default=False, verbose_name='不受安静时段限制')),
                ('lives_for', models.DurationField(default=datetime.timedelta(days=3), verbose_name='有效期')),
                ('aliyun_code', models.CharField(blank=True, default='', max_length=64, verbose_name='阿里云模板编号')),
                ('tencent_code', models.CharField(blank=True, default='', max_length=64, verbose_name='腾讯云模板编号')),
                ('is_retired', models.BooleanField(default=False, verbose_name='已停用')),
            ],
            options={
                'verbose_name': '通知模板',
                'verbose_name_plural': '通知模板',
            },
        ),
        migrations.CreateModel(
            name='Halt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=16, verbose_name='渠道')),
                ('gateway', models.CharField(max_length=32, verbose_name='网关')),
                ('code', models.CharField(max_length=64, verbose_name='代码')),
                ('detail', models.CharField(blank=True, default='', max_length=300, verbose_name='说明')),
                ('halted_at', models.DateTimeField(verbose_name='停发时间')),
                ('probe_at', models.DateTimeField(verbose_name='下次试发')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='恢复时间')),
            ],
            options={
                'verbose_name': '网关停发',
                'verbose_name_plural': '网关停发',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('channel',), name='halt_stands_once_for_a_channel')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', '短信'), ('email', '电子邮件'), ('in_site', '站内消息')], max_length=16, verbose_name='渠道')),
                ('key', models.CharField(max_length=120, verbose_name='业务编号')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版次')),
                ('recipient_hash', models.CharField(editable=False, max_length=64)),
                ('recipient_name', models.CharField(blank=True, max_length=200, verbose_name='收件人')),
                ('address', portal.people.crypto.EncryptedTextField(blank=True, default='', purpose='notice_address', verbose_name='地址')),
                ('second_address', portal.people.crypto.EncryptedTextField(blank=True, default='', purpose='notice_address', verbose_name='备用邮箱')),
                ('subject_type', models.CharField(blank=True, default='', max_length=64, verbose_name='事项类型')),
                ('subject_id', models.CharField(blank=True, default='', max_length=64, verbose_name='事项')),
                ('text', portal.people.crypto.EncryptedTextField(purpose='notice_text', verbose_name='正文')),
                ('values', portal.people.crypto.EncryptedTextField(blank=True, default='', purpose='notice_text', verbose_name='变量')),
                ('segments', models.PositiveSmallIntegerField(default=0, verbose_name='短信条数')),
                ('urgent', models.BooleanField(default=False, verbose_name='立即发送')),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sending', '发送中'), ('sent', '已发出，待回执'), ('delivered', '已送达'), ('failed', '未送达'), ('expired', '已过期未发')], default='waiting', max_length=16, verbose_name='状态')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('act_at', models.DateTimeField(null=True, verbose_name='下次处理')),
                ('expires_at', models.DateTimeField(verbose_name='有效至')),
                ('created_at', models.DateTimeField(verbose_name='生成时间')),
                ('claimed_at', models.DateTimeField(null=True, verbose_name='领取时间')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='发出时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('read_at', models.DateTimeField(null=True, verbose_name='阅读时间')),
                ('gateway', models.CharField(blank=True, default='', max_length=32, verbose_name='网关')),
                ('gateway_id', models.CharField(blank=True, default='', max_length=128, verbose_name='网关流水号')),
                ('code', models.CharField(blank=True, default='', max_length=64, verbose_name='结果代码')),
                ('detail', models.CharField(blank=True, default='', max_length=300, verbose_name='结果说明')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='重发原因')),
                ('follows', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='notices.notice', verbose_name='承接')),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='people.department', verbose_name='机构')),
                ('party', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='people.party', verbose_name='当事人')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                ('template', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='notices.template', verbose_name='模板')),
            ],
            options={
                'verbose_name': '通知',
                'verbose_name_plural': '通知台账',
                'permissions': [('resend_notice', '重发通知')],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['-urgent', 'act_at', 'id'], name='notice_to_send'), models.Index(condition=models.Q(('state__in', ['sending', 'sent'])), fields=['act_at'], name='notice_to_ask'), models.Index(condition=models.Q(('channel', 'in_site')), fields=['user', '-id'], name='notice_in_site'), models.Index(condition=models.Q(('subject_id', ''), _negated=True), fields=['subject_type', 'subject_id'], name='notice_about'), models.Index(condition=models.Q(('department__isnull', False)), fields=['department', '-id'], name='notice_of_department'), models.Index(condition=models.Q(('gateway_id', ''), _negated=True), fields=['gateway_id'], name='notice_at_gateway')],
                'constraints': [models.UniqueConstraint(fields=('recipient_hash', 'template', 'key', 'version', 'channel'), name='notice_is_sent_once'), models.CheckConstraint(condition=models.Q(models.Q(('act_at', None), ('finished_at__isnull', False), ('state__in', ('delivered', 'failed', 'expired'))), models.Q(models.Q(('state__in', ('delivered', 'failed', 'expired')), _negated=True), ('act_at__isnull', False), ('finished_at', None)), _connector='OR'), name='notice_finished_at_set_exactly_when_finished')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('pushed', '网关推送'), ('asked', '主动查询'), ('answered', '发送应答')], max_length=16, verbose_name='来源')),
                ('delivered', models.BooleanField(verbose_name='送达')),
                ('gateway', models.CharField(max_length=32, verbose_name='网关')),
                ('gateway_id', models.CharField(blank=True, db_index=True, default='', max_length=128, verbose_name='网关流水号')),
                ('code', models.CharField(blank=True, default='', max_length=64, verbose_name='代码')),
                ('detail', models.CharField(blank=True, default='', max_length=300, verbose_name='说明')),
                ('reported_at', models.DateTimeField(null=True, verbose_name='回执时间')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('notice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='notices.notice', verbose_name='通知')),
            ],
            options={
                'verbose_name': '回执',
                'verbose_name_plural': '回执',
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=300, verbose_name='原因')),
                ('opened_at', models.DateTimeField(verbose_name='生成时间')),
                ('way', models.CharField(blank=True, choices=[('phone', '已电话告知'), ('letter', '已邮寄'), ('visit', '已当面告知'), ('resent', '已重发'), ('moot', '已无须告知'), ('receipt', '后续回执证明已送达')], default='', max_length=16, verbose_name='告知方式')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='说明')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='办理时间')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('notice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='follow_up', to='notices.notice', verbose_name='通知')),
            ],
            options={
                'verbose_name': '人工告知',
                'verbose_name_plural': '人工告知',
                'permissions': [('answer_followup', '办理人工告知')],
                'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['opened_at'], name='follow_up_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('way', '')), models.Q(('answered_at__isnull', False), models.Q(('way', ''), _negated=True)), _connector='OR'), name='follow_up_names_its_way_exactly_when_answered')],
            },
        ),
    ]
