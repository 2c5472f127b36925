"""Addresses of sign-in, profile and duty; they stand at the root of the site."""

from django.urls import path

from houqin.foundation.people.identities.providers import PROVIDERS
from houqin.foundation.people.views import door, duty, factor, identities, integrity, profile, stages

app_name = "people"
url_prefix = ""

urlpatterns = [
    path("sign-in", door.enter, name="sign_in"),
    path("sign-in/code", stages.code, name="code"),
    path("sign-in/new-password", stages.new_password, name="new_password"),
    path("sign-in/second-factor", stages.enrol, name="enrol"),
    *[path(f"sign-in/{code}", identities.leave_for, {"provider": code}, name=code) for code in PROVIDERS],
    *[
        path(f"sign-in/{code}/callback", identities.come_back, {"provider": code}, name=f"{code}_callback")
        for code in PROVIDERS
    ],
    path("sign-in/dingtalk/inside", identities.inside_dingtalk, name="inside_dingtalk"),
    path("sign-in/dingtalk/jsapi.js", identities.dingtalk_script, name="dingtalk_script"),
    path("sign-out", door.leave, name="sign_out"),
    path("profile", profile.profile, name="profile"),
    path("profile/password", profile.password, name="password"),
    path("profile/second-factor", factor.second_factor_page, name="second_factor"),
    path("profile/second-factor/recovery-codes", factor.renew, name="renew_recovery_codes"),
    path("profile/second-factor/drop", factor.drop, name="drop_factor"),
    path("profile/identities", identities.identities, name="identities"),
    path("profile/identities/<str:provider>/unlink", identities.unlink, name="unlink_identity"),
    path("profile/sessions", profile.sessions, name="sessions"),
    path("profile/sessions/<int:pk>/end", profile.end_session, name="end_session"),
    path("profile/large-type", profile.large_type, name="large_type"),
    path("profile/language", profile.language, name="language"),
    path("profile/end-other-sessions", profile.end_other_sessions, name="end_other_sessions"),
    path("integrity", integrity.posts, name="integrity"),
    path("integrity/<int:pk>", integrity.post, name="integrity_post"),
    path("duty", duty.week, name="duty"),
    path("duty/copy-week", duty.copy_week, name="copy_week"),
    path("duty/mine", duty.mine, name="my_duty"),
    path("duty/<int:pk>", duty.shift, name="shift"),
    path("duty/<int:pk>/drop", duty.drop, name="drop_shift"),
    path("duty/<int:pk>/hand-over", duty.hand_over, name="hand_over"),
]
