import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='DayDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('prev_root', models.CharField(max_length=64, verbose_name='前一日根值')),
                ('root', models.CharField(max_length=64, verbose_name='根值')),
                ('leaf_count', models.PositiveIntegerField(verbose_name='链数')),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
            ],
            options={
                'verbose_name': '每日摘要',
                'verbose_name_plural': '每日摘要',
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name='任务')),
                ('every', models.DurationField(verbose_name='间隔')),
                ('at', models.DateTimeField(verbose_name='最近运行')),
                ('ok_at', models.DateTimeField(null=True, verbose_name='最近成功')),
                ('ok', models.BooleanField(verbose_name='成功')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
            ],
            options={
                'verbose_name': '任务心跳',
                'verbose_name_plural': '任务心跳',
            },
        ),
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=64)),
                ('subject_id', models.CharField(max_length=64)),
                ('seq', models.PositiveIntegerField()),
                ('prev_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('is_sealed', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': '留痕链',
                'verbose_name_plural': '留痕链',
                'indexes': [models.Index(condition=models.Q(('is_sealed', False)), fields=['id'], name='chain_not_yet_sealed')],
                'constraints': [models.UniqueConstraint(fields=('subject_type', 'subject_id'), name='chain_one_for_a_subject')],
            },
        ),
        migrations.CreateModel(
            name='DigestLeaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=64)),
                ('subject_id', models.CharField(max_length=64)),
                ('seq', models.PositiveIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('digest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='audit.daydigest')),
            ],
            options={
                'verbose_name': '摘要叶',
                'verbose_name_plural': '摘要叶',
                'constraints': [models.UniqueConstraint(fields=('digest', 'subject_type', 'subject_id'), name='leaf_once_for_a_chain_and_day')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=64, verbose_name='对象类别')),
                ('subject_id', models.CharField(max_length=64, verbose_name='对象编号')),
                ('seq', models.PositiveIntegerField(verbose_name='序号')),
                ('action', models.CharField(max_length=80, verbose_name='事项')),
                ('actor_label', models.CharField(max_length=120, verbose_name='操作人姓名')),
                ('behalf_label', models.CharField(blank=True, max_length=200, verbose_name='代表')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('facts', models.JSONField(default=dict, verbose_name='事实')),
                ('prev_hash', models.CharField(max_length=64, verbose_name='前一条摘要')),
                ('hash', models.CharField(max_length=64, verbose_name='摘要')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '留痕记录',
                'verbose_name_plural': '留痕记录',
                'indexes': [models.Index(fields=['-at', '-id'], name='entry_newest_first'), models.Index(fields=['actor', '-at'], name='entry_by_actor')],
                'constraints': [models.UniqueConstraint(fields=('subject_type', 'subject_id', 'seq'), name='entry_number_unique_in_its_chain')],
            },
        ),
    ]
