from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_names_are_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="resetcode",
            name="purpose",
            field=models.CharField(choices=[("reset", "找回密码"), ("sign_in", "登录")], default="reset", max_length=8),
        ),
        migrations.CreateModel(
            name="Knock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("register", "注册"),
                            ("code", "获取验证码"),
                            ("second", "二次验证"),
                            ("invited", "邀请码"),
                        ],
                        max_length=10,
                    ),
                ),
                ("index", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "index", "at"], name="people_knoc_kind_0f01db_idx")],
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_index", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("code_hash", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("proven_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["phone_index", "asked_at"], name="people_phon_phone_i_7fe610_idx")],
            },
        ),
    ]
