import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('level', models.CharField(choices=[('law', '法律'), ('regulation', '行政法规'), ('judicial', '司法解释'), ('department_rule', '部门规章'), ('local_regulation', '地方性法规'), ('local_rule', '地方政府规章'), ('normative', '规范性文件'), ('standard', '标准')], max_length=20, verbose_name='效力级别')),
                ('doc_no', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                ('issuer', models.CharField(blank=True, max_length=200, verbose_name='制定机关')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='公布日期')),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='施行日期')),
                ('amended_on', models.DateField(blank=True, null=True, verbose_name='最近修改日期')),
                ('is_certain', models.BooleanField(default=True, help_text='文号、日期未与原文核对的为待核', verbose_name='已核对')),
                ('status', models.CharField(choices=[('in_force', '现行有效'), ('not_yet', '尚未生效'), ('amended', '已修改'), ('repealed', '废止')], default='in_force', max_length=16, verbose_name='时效')),
                ('url', models.URLField(blank=True, verbose_name='原文网址')),
            ],
            options={
                'verbose_name': '法规文件',
                'verbose_name_plural': '法规文件',
                'constraints': [models.UniqueConstraint(fields=('title', 'doc_no'), name='one_row_for_each_act'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='act_has_a_title')],
            },
        ),
        migrations.CreateModel(
            name='ActHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('level', models.CharField(choices=[('law', '法律'), ('regulation', '行政法规'), ('judicial', '司法解释'), ('department_rule', '部门规章'), ('local_regulation', '地方性法规'), ('local_rule', '地方政府规章'), ('normative', '规范性文件'), ('standard', '标准')], max_length=20, verbose_name='效力级别')),
                ('doc_no', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                ('issuer', models.CharField(blank=True, max_length=200, verbose_name='制定机关')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='公布日期')),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='施行日期')),
                ('amended_on', models.DateField(blank=True, null=True, verbose_name='最近修改日期')),
                ('is_certain', models.BooleanField(default=True, help_text='文号、日期未与原文核对的为待核', verbose_name='已核对')),
                ('status', models.CharField(choices=[('in_force', '现行有效'), ('not_yet', '尚未生效'), ('amended', '已修改'), ('repealed', '废止')], default='in_force', max_length=16, verbose_name='时效')),
                ('url', models.URLField(blank=True, verbose_name='原文网址')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='row_versions', to='disclosure.act')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, help_text='如：第三十二条第一款第（四）项', max_length=60, verbose_name='条款')),
                ('text', models.TextField(blank=True, verbose_name='条文摘要')),
                ('is_certain', models.BooleanField(default=True, help_text='未与原文核对的为待核', verbose_name='已核对')),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='disclosure.act', verbose_name='法规文件')),
            ],
            options={
                'verbose_name': '法规条款',
                'verbose_name_plural': '法规条款',
                'constraints': [models.UniqueConstraint(fields=('act', 'number'), name='one_row_for_each_article')],
            },
        ),
        migrations.CreateModel(
            name='ArticleHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(blank=True, help_text='如：第三十二条第一款第（四）项', max_length=60, verbose_name='条款')),
                ('text', models.TextField(blank=True, verbose_name='条文摘要')),
                ('is_certain', models.BooleanField(default=True, help_text='未与原文核对的为待核', verbose_name='已核对')),
                ('act', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='disclosure.act', verbose_name='法规文件')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='row_versions', to='disclosure.article')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
