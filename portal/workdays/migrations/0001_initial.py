import django.db.models.deletion
import uuid
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
            name='ShadowRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('at', models.DateTimeField(verbose_name='运行时间')),
                ('checked', models.PositiveIntegerField(verbose_name='核对时限数')),
                ('faults', models.PositiveIntegerField(verbose_name='不一致数')),
                ('first_faults', models.JSONField(default=list, help_text='最多列出200个；每个一条留痕，请逐一查明。', verbose_name='不一致明细')),
            ],
            options={
                'verbose_name': '时限核对',
                'verbose_name_plural': '时限核对',
            },
        ),
        migrations.CreateModel(
            name='CalendarNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('kind', models.CharField(choices=[('year', '全年安排'), ('amendment', '个别调整'), ('provisional', '暂行推算')], max_length=16, verbose_name='类别')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('doc_no', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='成文日期')),
                ('url', models.URLField(blank=True, verbose_name='原文网址')),
                ('text', models.TextField(blank=True, verbose_name='原文')),
                ('festivals', models.JSONField(default=list, verbose_name='安排')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('redated_at', models.DateTimeField(blank=True, null=True, verbose_name='重算完成时间')),
                ('moved', models.PositiveIntegerField(default=0, verbose_name='变动时限数')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '日历通知',
                'verbose_name_plural': '日历通知',
                'constraints': [models.UniqueConstraint(condition=models.Q(('published_at__isnull', False), models.Q(('doc_no', ''), _negated=True)), fields=('doc_no',), name='calendar_notice_published_once_for_each_paper'), models.UniqueConstraint(condition=models.Q(('kind', 'provisional')), fields=('year',), name='calendar_notice_one_provisional_a_year'), models.CheckConstraint(condition=models.Q(('kind', 'provisional'), models.Q(('doc_no', ''), _negated=True), _connector='OR'), name='calendar_notice_official_has_its_number'), models.CheckConstraint(condition=models.Q(('redated_at', None), ('published_at__isnull', False), _connector='OR'), name='calendar_notice_redated_only_once_published')],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='日期')),
                ('kind', models.CharField(choices=[('workday', '工作日'), ('weekend', '周末'), ('holiday', '放假'), ('make_up', '调休上班')], max_length=10, verbose_name='性质')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='节日')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='workdays.calendarnotice', verbose_name='依据')),
                ('superseded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_days', to='workdays.calendarnotice', verbose_name='被何通知取代')),
            ],
            options={
                'verbose_name': '日历日',
                'verbose_name_plural': '日历日',
                'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_by', None)), fields=('day',), name='calendar_day_in_force_once'), models.CheckConstraint(condition=models.Q(('superseded_by', None), models.Q(('superseded_by', models.F('notice')), _negated=True), _connector='OR'), name='calendar_day_never_superseded_by_its_own_paper')],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('case_acceptance', '受理时限'), ('case_supplement', '补正期限'), ('case_promise', '承诺办结时限'), ('case_statutory', '法定办结时限'), ('case_stage', '环节时限'), ('case_delivery', '送达时限'), ('case_precheck', '预审时限'), ('renewal', '延续申请期限'), ('foi_reply', '信息公开答复时限'), ('foi_consult', '征求意见期限'), ('foi_correction', '申请内容补正期限'), ('foi_payment', '缴费期限'), ('publication', '公示时限'), ('correction', '信息更正时限'), ('letter_reply', '来信答复时限'), ('order', '督办时限'), ('disclosure', '主动公开时限'), ('takedown', '撤下时限'), ('ratification', '补办审批时限'), ('finding', '测评问题整改时限'), ('transfer', '报送时限')], max_length=24, verbose_name='时限')),
                ('subject_type', models.CharField(max_length=64, verbose_name='对象类别')),
                ('subject_id', models.CharField(max_length=64, verbose_name='对象编号')),
                ('subject_label', models.CharField(max_length=120, verbose_name='对象')),
                ('unit', models.CharField(choices=[('working', '工作日'), ('calendar', '自然日')], default='working', max_length=8, verbose_name='计时单位')),
                ('limit', models.PositiveSmallIntegerField(verbose_name='时限天数')),
                ('basis', models.CharField(max_length=200, verbose_name='依据')),
                ('warn_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='提前提醒天数')),
                ('started_on', models.DateField(verbose_name='起算日')),
                ('due_on', models.DateField(verbose_name='到期日')),
                ('warn_on', models.DateField(verbose_name='提醒日')),
                ('stopped_on', models.DateField(blank=True, null=True, verbose_name='中止日')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='办结日')),
                ('outcome', models.CharField(blank=True, max_length=40, verbose_name='结果')),
                ('due_ordinal', models.IntegerField(help_text='到期日在工作日历（自然日时限则为历法）中的序号。', verbose_name='到期日序号')),
                ('left_at_stop', models.IntegerField(blank=True, null=True, verbose_name='中止时剩余天数')),
                ('public_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='公开标识')),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='people.department', verbose_name='责任部门')),
                ('handler', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to=settings.AUTH_USER_MODEL, verbose_name='承办人')),
                ('party', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.party', verbose_name='告知的当事人')),
            ],
            options={
                'verbose_name': '时限',
                'verbose_name_plural': '时限',
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='clock_subject'), models.Index(condition=models.Q(('closed_on', None)), fields=['due_on', 'id'], name='clock_running_due'), models.Index(condition=models.Q(('closed_on', None)), fields=['department', 'due_on'], name='clock_running_of_department'), models.Index(condition=models.Q(('closed_on', None)), fields=['handler', 'due_on'], name='clock_running_of_handler')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_on', None), ('outcome', '')), models.Q(('closed_on__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='clock_has_an_outcome_exactly_when_closed'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('started_on'))), name='clock_due_not_before_it_starts'), models.CheckConstraint(condition=models.Q(('warn_on__gte', models.F('started_on')), ('warn_on__lte', models.F('due_on'))), name='clock_warns_between_start_and_due')],
            },
        ),
        migrations.CreateModel(
            name='ClockMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_due_on', models.DateField(verbose_name='原到期日')),
                ('new_due_on', models.DateField(verbose_name='现到期日')),
                ('moved_at', models.DateTimeField(verbose_name='变动时间')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='告知时间')),
                ('clock', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='workdays.clock', verbose_name='时限')),
                ('notice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='workdays.calendarnotice', verbose_name='日历通知')),
            ],
            options={
                'verbose_name': '到期日变动',
                'verbose_name_plural': '到期日变动',
                'indexes': [models.Index(condition=models.Q(('told_at', None)), fields=['id'], name='clock_move_not_yet_told')],
                'constraints': [models.CheckConstraint(condition=models.Q(('old_due_on', models.F('new_due_on')), _negated=True), name='clock_move_changes_the_date')],
            },
        ),
        migrations.CreateModel(
            name='ClockSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('move', models.CharField(choices=[('start', '起算'), ('pause', '中止'), ('resume', '恢复'), ('extend', '延长'), ('restart', '重新起算'), ('close', '办结')], max_length=8, verbose_name='变动')),
                ('on', models.DateField(verbose_name='日期')),
                ('days', models.PositiveSmallIntegerField(default=0, verbose_name='天数')),
                ('ground', models.CharField(blank=True, max_length=60, verbose_name='事由')),
                ('basis', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('at', models.DateTimeField(verbose_name='记录时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='segments', to='workdays.clock', verbose_name='时限')),
            ],
            options={
                'verbose_name': '时限变动',
                'verbose_name_plural': '时限变动',
                'constraints': [models.UniqueConstraint(fields=('clock', 'seq'), name='segment_number_unique_in_its_clock')],
            },
        ),
    ]
