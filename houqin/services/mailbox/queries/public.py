"""What everybody reads: published letters; and the desk where they are edited, and ratings given on the spot."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Q, QuerySet, TextField, Value
from django.utils.translation import gettext_lazy as _

from houqin.affairs.naming import source
from houqin.foundation.errors import NotFound, Text
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox import masking
from houqin.services.mailbox.models import ANONYMOUS, Letter, Publication, PublicationState, SpotRating
from houqin.services.mailbox.queries.letters import find_letter, holds, within_days

PAGE = 20
#: What can be ticked where a code hangs, by the use of the space.
_TAGS: dict[str, tuple[Text, ...]] = {
    "canteen": (
        _("味道好"),
        _("干净"),
        _("服务热情"),
        _("太咸太油"),
        _("排队太久"),
        _("品种少"),
        _("价格高"),
    ),
    "toilet": (_("干净"), _("没有异味"), _("有异味"), _("地面湿滑"), _("缺纸缺液"), _("设施坏了")),
    "meeting": (_("准备周到"), _("设备好用"), _("设备故障"), _("太冷太热"), _("茶水不及时")),
    "parking": (_("车位好找"), _("引导清楚"), _("找不到车位"), _("有人占位"), _("照明暗")),
    "lift": (_("等得不久"), _("等得太久"), _("异响抖动"), _("按键失灵")),
    "tea": (_("干净"), _("水温正好"), _("没有热水"), _("地面积水")),
}
_USUAL: tuple[Text, ...] = (_("整洁"), _("方便"), _("态度好"), _("不整洁"), _("设施坏了"), _("态度差"))
#: The category (its code) that a rating is about, where the use of the space tells.
ABOUT = {
    "canteen": "dining",
    "toilet": "cleaning",
    "meeting": "meetings",
    "parking": "parking",
    "lift": "lifts",
}


def published(text: str = "", category: str = "", *, before: int | None = None) -> list[Publication]:
    """A page of published letters, latest first, with how many found each useful. Open to everybody; one query."""
    found = Publication.objects.filter(state=PublicationState.PUBLISHED)
    for word in text.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(words__icontains=word) | Q(answer__icontains=word))
    if category:
        found = found.filter(letter__category__code=category)
    if before is not None:
        last = Publication.objects.filter(pk=before).first()
        if last and last.published_at:
            found = found.filter(
                Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=before)
            )
    found = found.select_related("letter__category").annotate(useful=Count("votes"))
    return list(found.order_by("-published_at", "-pk")[: PAGE + 1])


def find_published(pk: int) -> Publication:
    """One published letter. Raises NotFound for any that is not, or no more, published."""
    found = Publication.objects.filter(state=PublicationState.PUBLISHED, pk=pk)
    publication = (
        found.select_related("letter__category", "letter__case__section")
        .annotate(useful=Count("votes"))
        .first()
    )
    if publication is None:
        raise NotFound
    return publication


def useful_of(person: Person | None, publication: Publication) -> bool:
    """Whether the person has found it useful."""
    return bool(person) and publication.votes.filter(person=person).exists()


def on_the_desk(actor: Actor, state: str = "") -> QuerySet[Publication]:
    """Publications of the sections for which ``actor`` edits or approves, the latest edited first."""
    mine = scope.within(
        actor,
        "mailbox.publish",
        organisation="letter__case__section__path",
        place="letter__case__place__path",
        service="letter__case__service",
    )
    found = Publication.objects.filter(mine).select_related("letter__case", "edited_by", "approved_by")
    return (found.filter(state=state) if state in PublicationState.values else found).order_by(
        "-edited_at", "-pk"
    )


@dataclass(frozen=True)
class Editor:
    """A letter beside what is to be published of it."""

    letter: Letter
    publication: Publication | None
    found: list[masking.Found]
    title: str
    words: str
    answer: str


def editor(actor: Person, number: str) -> Editor:
    """The letter with personal data found, and a masked draft where none is kept. NotFound without the right to publish."""
    letter = find_letter(actor, number)
    if not holds(actor, "mailbox.publish", letter.case) or letter.answered_at is None:
        raise NotFound
    publication = Publication.objects.filter(letter=letter).select_related("edited_by", "approved_by").first()
    names, writer = names_in(f"{letter.words}\n{letter.answer}"), writer_of(letter)
    found = [*masking.find(letter.words, names, writer), *masking.find(letter.answer, names, writer)]
    if publication:
        return Editor(letter, publication, found, publication.title, publication.words, publication.answer)
    title, words, answer = (
        masking.mask(text, names, writer) for text in (letter.case.title, letter.words, letter.answer)
    )
    return Editor(letter, None, found, title, words, answer)


def writer_of(letter: Letter) -> str:
    """The name that must not be published; an anonymous letter has none, unless its writer gave one."""
    name = letter.case.applicant_name
    return "" if letter.anonymous and name == ANONYMOUS else name


def names_in(text: str) -> set[str]:
    """Names of people of the compound that occur in the text; one query."""
    people = Person.objects.extra(where=["length(name) > 1 AND position(name IN %s) > 0"], params=[text])
    return set(people.values_list("name", flat=True))


def spot_tags(place: Place) -> tuple[Text, ...]:
    """What can be ticked at a place."""
    return _TAGS.get(place.space_kind, _USUAL)


def spot_tags_of(kind: str) -> tuple[str, ...]:
    """The same by the use of a space, as it is kept."""
    return tuple(source(tag) for tag in _TAGS.get(kind, _USUAL))


def spots_of(actor: Actor, since: date, until: date) -> QuerySet[SpotRating]:
    """The ratings on the spot of some days that :func:`spots_seen` by the actor."""
    return spots_seen(actor).filter(within_days(since, until, "at")).select_related("place", "letter__case")


def spots_seen(actor: Actor) -> QuerySet[SpotRating]:
    """Ratings on the spot that concern the actor's sections and places; those of no section, for who views them all."""
    seen = scope.within(
        actor, "mailbox.view", organisation="category__section__path", place="place__path", service="service"
    )
    if any(grant.everywhere for grant in scope.grants(actor) if "mailbox.view" in grant.permissions):
        seen = Q()
    found = SpotRating.objects.annotate(service=Value("mailbox", output_field=TextField()))
    return found.filter(seen)


def spots_by_place(actor: Actor, since: date, until: date) -> list[dict[str, object]]:
    """Places with their ratings in the period, the worst average first."""
    rows = spots_of(actor, since, until).order_by().values("place", "place__full_name", "place__name")
    low = Count("pk", filter=Q(stars__lte=2))
    return list(rows.annotate(n=Count("pk"), low=low, mean=Avg("stars")).order_by("mean", "-n")[:100])
