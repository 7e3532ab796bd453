import django.db.models.deletion
import portal.papers.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('people', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='标识')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('mime', models.CharField(max_length=100, verbose_name='类型')),
                ('size', models.PositiveIntegerField(verbose_name='字节数')),
                ('sha256', models.CharField(max_length=64, verbose_name='摘要')),
                ('received_sha256', models.CharField(db_index=True, max_length=64, verbose_name='原文件摘要')),
                ('stored_as', models.CharField(db_index=True, max_length=120, verbose_name='存储位置')),
                ('at', models.DateTimeField(verbose_name='上传时间')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '上传材料',
                'verbose_name_plural': '上传材料',
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=80, verbose_name='序列')),
                ('period', models.CharField(max_length=16, verbose_name='期间')),
                ('last', models.PositiveIntegerField(verbose_name='已用到')),
            ],
            options={
                'verbose_name': '编号序列',
                'verbose_name_plural': '编号序列',
                'constraints': [models.UniqueConstraint(fields=('series', 'period'), name='counter_is_one_row_a_series_and_period')],
            },
        ),
        migrations.CreateModel(
            name='Letterhead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(help_text='文号的第一部分，例如“示建”', max_length=10, verbose_name='机关代字')),
                ('reconsideration_organ', models.CharField(max_length=100, verbose_name='行政复议机关')),
                ('court', models.CharField(max_length=100, verbose_name='有管辖权的人民法院')),
                ('seal_name', models.CharField(blank=True, help_text='空白时用机构名称', max_length=40, verbose_name='印章名称')),
                ('seal_note', models.CharField(blank=True, default='示范专用', max_length=10, verbose_name='印章下方文字')),
                ('department', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='letterhead', to='people.department', verbose_name='机构')),
            ],
            options={
                'verbose_name': '发文抬头',
                'verbose_name_plural': '发文抬头',
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='核验标识')),
                ('check_code', models.CharField(default=portal.papers.models.make_check_code, editable=False, max_length=16, unique=True, verbose_name='查验码')),
                ('kind', models.CharField(choices=[('receipt', '收件凭证'), ('supplement_notice', '一次性补正告知书'), ('acceptance', '受理通知书'), ('not_accepted', '不予受理决定书'), ('grant', '准予行政许可决定书'), ('refusal', '不予行政许可决定书'), ('delivery', '送达回证'), ('certificate', '许可证件'), ('foi_receipt', '政府信息公开申请登记回执'), ('foi_correction', '政府信息公开申请补正告知书'), ('foi_extension', '政府信息公开延期答复告知书'), ('foi_consult', '政府信息公开第三方意见征询书'), ('foi_third_party', '政府信息公开第三方意见告知书'), ('foi_fee', '政府信息公开信息处理费收费通知'), ('foi_disclosure', '政府信息公开告知书'), ('foi_denial', '政府信息不予公开告知书'), ('foi_not_held', '政府信息无法提供告知书'), ('foi_not_ours', '非本机关负责公开告知书'), ('foi_not_processed', '政府信息公开申请不予处理告知书'), ('foi_repeated', '政府信息公开重复申请告知书'), ('foi_withdrawal', '政府信息公开申请撤回确认书')], max_length=20, verbose_name='文书种类')),
                ('title', models.CharField(max_length=100, verbose_name='标题')),
                ('number', models.CharField(max_length=60, unique=True, verbose_name='文号')),
                ('subject_type', models.CharField(max_length=64, verbose_name='对象类别')),
                ('subject_id', models.CharField(max_length=64, verbose_name='对象编号')),
                ('data', models.JSONField(verbose_name='内容')),
                ('frame', models.JSONField(verbose_name='抬头')),
                ('state', models.CharField(choices=[('due', '待制作'), ('issued', '有效'), ('revoked', '已撤销')], default='due', max_length=8, verbose_name='状态')),
                ('issued_at', models.DateTimeField(verbose_name='签发时间')),
                ('produced_at', models.DateTimeField(null=True, verbose_name='制作时间')),
                ('file', models.CharField(blank=True, max_length=120, verbose_name='存储位置')),
                ('sha256', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='文件摘要')),
                ('sm3', models.CharField(blank=True, max_length=64, verbose_name='文件摘要（国密）')),
                ('size', models.PositiveIntegerField(default=0, verbose_name='字节数')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('revoked_reason', models.CharField(blank=True, max_length=300, verbose_name='撤销理由')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='people.department', verbose_name='发文机关')),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
            ],
            options={
                'verbose_name': '文书',
                'verbose_name_plural': '文书',
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='paper_by_subject'), models.Index(condition=models.Q(('state', 'due')), fields=['issued_at'], name='paper_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('produced_at', None), ('sha256', '')), models.Q(('produced_at__isnull', False), models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='paper_has_its_file_exactly_when_produced'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'issued'), _negated=True), ('produced_at__isnull', False), _connector='OR'), name='paper_issued_has_been_produced'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('state', 'revoked')), models.Q(models.Q(('state', 'revoked'), _negated=True), ('revoked_at', None)), _connector='OR'), name='paper_revoked_at_set_exactly_when_revoked')],
            },
        ),
        migrations.CreateModel(
            name='PaperHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='核验标识')),
                ('check_code', models.CharField(default=portal.papers.models.make_check_code, editable=False, max_length=16, verbose_name='查验码')),
                ('kind', models.CharField(choices=[('receipt', '收件凭证'), ('supplement_notice', '一次性补正告知书'), ('acceptance', '受理通知书'), ('not_accepted', '不予受理决定书'), ('grant', '准予行政许可决定书'), ('refusal', '不予行政许可决定书'), ('delivery', '送达回证'), ('certificate', '许可证件'), ('foi_receipt', '政府信息公开申请登记回执'), ('foi_correction', '政府信息公开申请补正告知书'), ('foi_extension', '政府信息公开延期答复告知书'), ('foi_consult', '政府信息公开第三方意见征询书'), ('foi_third_party', '政府信息公开第三方意见告知书'), ('foi_fee', '政府信息公开信息处理费收费通知'), ('foi_disclosure', '政府信息公开告知书'), ('foi_denial', '政府信息不予公开告知书'), ('foi_not_held', '政府信息无法提供告知书'), ('foi_not_ours', '非本机关负责公开告知书'), ('foi_not_processed', '政府信息公开申请不予处理告知书'), ('foi_repeated', '政府信息公开重复申请告知书'), ('foi_withdrawal', '政府信息公开申请撤回确认书')], max_length=20, verbose_name='文书种类')),
                ('title', models.CharField(max_length=100, verbose_name='标题')),
                ('number', models.CharField(max_length=60, verbose_name='文号')),
                ('subject_type', models.CharField(max_length=64, verbose_name='对象类别')),
                ('subject_id', models.CharField(max_length=64, verbose_name='对象编号')),
                ('data', models.JSONField(verbose_name='内容')),
                ('frame', models.JSONField(verbose_name='抬头')),
                ('state', models.CharField(choices=[('due', '待制作'), ('issued', '有效'), ('revoked', '已撤销')], default='due', max_length=8, verbose_name='状态')),
                ('issued_at', models.DateTimeField(verbose_name='签发时间')),
                ('produced_at', models.DateTimeField(null=True, verbose_name='制作时间')),
                ('file', models.CharField(blank=True, max_length=120, verbose_name='存储位置')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='文件摘要')),
                ('sm3', models.CharField(blank=True, max_length=64, verbose_name='文件摘要（国密）')),
                ('size', models.PositiveIntegerField(default=0, verbose_name='字节数')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('revoked_reason', models.CharField(blank=True, max_length=300, verbose_name='撤销理由')),
                ('department', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.department', verbose_name='发文机关')),
                ('issued_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='row_versions', to='papers.paper')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
