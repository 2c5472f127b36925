"""``houqin manage train_mailbox``: learn categories and sections from the organisation's own sorted letters."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.mailbox.actions import learning


class Command(BaseCommand):
    """Train, and say how good it is beside always naming the most frequent category."""

    help = _("用已分办的来信训练类别与科室建议")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            learned = learning.train(SYSTEM)
        except Problem as problem:
            raise CommandError(str(problem.message)) from None
        if learned.synthetic:
            self.stdout.write(_("演示环境：以下数字来自虚构来信。"))
        self.stdout.write(
            _("来信 %(letters)s 封，留出最近 %(held)s 封检验：准确率 %(accuracy).1f%%（基线 %(base).1f%%），宏 F1 %(f1).3f（基线 %(base_f1).3f）。")
            % {
                "letters": learned.letters, "held": learned.held_back, "accuracy": learned.accuracy * 100,
                "base": learned.baseline_accuracy * 100, "f1": learned.macro_f1, "base_f1": learned.baseline_macro_f1,
            }
        )  # fmt: skip
