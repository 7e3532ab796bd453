import django.db.models.deletion
import portal.people.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lockout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('login_hash', models.CharField(max_length=64, unique=True)),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='失败次数')),
                ('first_failed_at', models.DateTimeField(verbose_name='首次失败时间')),
                ('locked_until', models.DateTimeField(blank=True, null=True, verbose_name='锁定至')),
            ],
            options={
                'verbose_name': '登录锁定',
                'verbose_name_plural': '登录锁定',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(max_length=64, unique=True, verbose_name='登录名')),
                ('name', models.CharField(max_length=100, verbose_name='姓名')),
                ('kind', models.CharField(choices=[('citizen', '公众用户'), ('staff', '工作人员'), ('administrator', '管理员')], default='citizen', max_length=16, verbose_name='类别')),
                ('admin_role', models.CharField(blank=True, choices=[('system', '系统管理员'), ('security', '安全管理员'), ('audit', '审计管理员')], default='', max_length=16, verbose_name='管理员角色')),
                ('phone', portal.people.crypto.EncryptedTextField(blank=True, null=True, purpose='phone', verbose_name='手机号码')),
                ('phone_hash', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=64)),
                ('phone_verified', models.BooleanField(default=False, verbose_name='手机号码已验证')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='电子邮箱')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('is_staff', models.BooleanField(default=False, verbose_name='可进入工作台')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='注册时间')),
                ('password_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='口令修改时间')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='须修改口令')),
                ('disabled_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('disabled_reason', models.CharField(blank=True, max_length=200, verbose_name='停用原因')),
                ('session_token', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'citizen'), ('phone_verified', True), models.Q(('phone_hash', ''), _negated=True)), fields=('phone_hash',), name='user_verified_phone_belongs_to_one_citizen'), models.CheckConstraint(condition=models.Q(models.Q(('admin_role__in', ['system', 'security', 'audit']), ('kind', 'administrator')), models.Q(models.Q(('kind', 'administrator'), _negated=True), ('admin_role', '')), _connector='OR'), name='user_admin_role_set_exactly_for_administrators'), models.CheckConstraint(condition=models.Q(('is_staff', True), ('kind', 'citizen'), _negated=True), name='user_citizen_never_enters_the_workbench')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(verbose_name='截止日期')),
                ('reason', models.CharField(max_length=100, verbose_name='事由')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '离岗',
                'verbose_name_plural': '离岗',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_ends_not_before_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='名称')),
                ('short_name', models.CharField(max_length=40, verbose_name='简称')),
                ('code', models.SlugField(max_length=32, unique=True, verbose_name='代码')),
                ('uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('region_level', models.CharField(choices=[('city', '市级'), ('district', '区县级'), ('street', '乡镇街道级')], default='city', max_length=16, verbose_name='层级')),
                ('region_code', models.CharField(max_length=12, verbose_name='行政区划代码')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='咨询电话')),
                ('complaint_phone', models.CharField(blank=True, max_length=30, verbose_name='投诉电话')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='办公地址')),
                ('office_hours', models.CharField(blank=True, max_length=200, verbose_name='办公时间')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('group', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='department', to='auth.group', verbose_name='权限组')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='people.department', verbose_name='上级机构')),
            ],
            options={
                'verbose_name': '机构',
                'verbose_name_plural': '机构',
                'constraints': [models.UniqueConstraint(condition=models.Q(('uscc', ''), _negated=True), fields=('uscc',), name='department_uscc_belongs_to_one'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='department_is_not_its_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('natural', '自然人'), ('enterprise', '企业'), ('other', '其他组织')], max_length=16, verbose_name='类别')),
                ('applicant_type', models.CharField(choices=[('natural', '自然人'), ('business', '商业企业'), ('research', '科研机构'), ('welfare', '社会公益组织'), ('legal_service', '法律服务机构'), ('other', '其他')], max_length=16, verbose_name='申请人类型')),
                ('name', models.CharField(max_length=200, verbose_name='姓名或名称')),
                ('id_type', models.CharField(choices=[('id_card', '居民身份证'), ('residence_permit', '港澳台居民居住证'), ('foreign_resident', '外国人永久居留身份证'), ('passport', '护照'), ('hk_macao_permit', '港澳居民来往内地通行证'), ('taiwan_permit', '台湾居民来往大陆通行证'), ('uscc', '统一社会信用代码')], max_length=20, verbose_name='证件类型')),
                ('id_number', portal.people.crypto.EncryptedTextField(blank=True, default='', purpose='id_number', verbose_name='证件号码')),
                ('id_hash', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('phone', portal.people.crypto.EncryptedTextField(blank=True, default='', purpose='phone', verbose_name='联系电话')),
                ('phone_hash', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=64)),
                ('address', portal.people.crypto.EncryptedTextField(blank=True, default='', purpose='address', verbose_name='地址')),
                ('legal_representative', models.CharField(blank=True, max_length=100, verbose_name='法定代表人')),
                ('registry_verified', models.BooleanField(default=False, verbose_name='已与登记信息核对')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='own_party', to=settings.AUTH_USER_MODEL, verbose_name='本人账号')),
            ],
            options={
                'verbose_name': '当事人',
                'verbose_name_plural': '当事人',
                'constraints': [models.UniqueConstraint(condition=models.Q(('id_hash', ''), _negated=True), fields=('id_type', 'id_hash'), name='party_identity_number_is_registered_once'), models.CheckConstraint(condition=models.Q(('user', None), ('kind', 'natural'), _connector='OR'), name='party_only_natural_persons_have_an_own_account'), models.CheckConstraint(condition=models.Q(models.Q(('applicant_type', 'natural'), ('kind', 'natural')), models.Q(models.Q(('kind', 'natural'), _negated=True), models.Q(('applicant_type', 'natural'), _negated=True)), _connector='OR'), name='party_natural_applicant_exactly_when_natural_person')],
            },
        ),
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('legal_representative', '法定代表人'), ('agent', '经办人')], default='agent', max_length=24, verbose_name='身份')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('requested_at', models.DateTimeField(verbose_name='申请时间')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='核验时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('withdrawn_reason', models.CharField(blank=True, max_length=200, verbose_name='撤回原因')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核验人')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='people.party', verbose_name='当事人')),
            ],
            options={
                'verbose_name': '授权',
                'verbose_name_plural': '授权',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user', 'party'), name='authorisation_stands_once_for_a_user_and_party'), models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='authorisation_ends_not_before_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='PasswordRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='口令摘要')),
                ('made_at', models.DateTimeField(verbose_name='时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='password_records', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '历史口令',
                'verbose_name_plural': '历史口令',
                'indexes': [models.Index(fields=['user', '-made_at'], name='password_record_by_user')],
            },
        ),
        migrations.CreateModel(
            name='Window',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=16, verbose_name='窗口号')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='位置')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='windows', to='people.department', verbose_name='机构')),
            ],
            options={
                'verbose_name': '窗口',
                'verbose_name_plural': '窗口',
                'constraints': [models.UniqueConstraint(fields=('department', 'number'), name='window_number_is_unique_in_its_department')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('clerk', '窗口受理'), ('handler', '承办'), ('reviewer', '审核'), ('approver', '批准'), ('head', '负责人'), ('supervisor', '监察'), ('editor', '信息发布'), ('secrecy', '保密审查'), ('publicity', '政务公开')], max_length=16, verbose_name='岗位')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='people.department', verbose_name='机构')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ('window', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='people.window', verbose_name='窗口')),
            ],
            options={
                'verbose_name': '岗位',
                'verbose_name_plural': '岗位',
                'indexes': [models.Index(fields=['department', 'role'], name='post_by_department_and_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='post_ends_not_before_it_starts')],
            },
        ),
    ]
