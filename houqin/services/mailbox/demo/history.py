"""A year of letters: when they come, what they say, and how each goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import log

from houqin.affairs.demo.line import Applicant
from houqin.foundation.demo import Somebody, Spot, pick_by_weight, seconds_of
from houqin.services.mailbox.demo import words
from houqin.services.mailbox.demo.line import Book, LetterLine

LETTERS, DAYS, MINUTE = 1500, 365, 60
#: Shares of what goes otherwise.
ANONYMOUS, BY_PHONE, MISTAKEN, LATE, AGAIN, SILENT, RATED, SLIP, NO_PUBLIC = (
    0.17,
    0.09,
    0.05,
    0.06,
    0.05,
    0.5,
    0.42,
    0.22,
    0.4,
)
#: The newest so many letters are still on their way; nobody has sorted those of the last working minutes.
UNSORTED, UNANSWERED, FRESH_MINUTES = 9, 24, 225


class History:
    """Tells letters into the book, in the order of their receipt."""

    def __init__(self, book: Book) -> None:
        self.book, self.world = book, book.world
        self.chance = self.world.chance("mailbox")
        self.topics, self.weights = pick_by_weight(
            [(code, topic.weight) for code, topic in words.TOPICS.items()]
        )
        self.stars, self.star_sums = pick_by_weight(list(words.STARS.items()))
        self.spots: dict[str, list[Spot]] = {}
        for spot in self.world.spots:
            self.spots.setdefault(spot.kind, []).append(spot)
        accounts = {somebody.id for somebody in self.world.accounts.values()}
        self.writers = [person for person in self.world.people if person.room and person.id not in accounts]
        self.answerers = {code: self._answerers(topic.section) for code, topic in words.TOPICS.items()}
        self.lines: list[LetterLine] = []

    def _answerers(self, section: str) -> list[Somebody]:
        own = self.world.sections[section]
        crew = self.world.crews[section]
        found = [each for each in crew if (each.id, "answerer", own) in self.world.appointments]
        return found or crew[:1]  # in a small world an office may have nobody but its accounts

    # -- when and what ---------------------------------------------------------------------------------------------

    def times(self, count: int) -> list[int]:
        """When so many letters came in the year before now."""
        days = [self.world.today - timedelta(days=back) for back in range(DAYS, -1, -1)]
        weights = [1.0 if self.book.clock.is_workday(day) else 0.12 for day in days]
        found: list[int] = []
        while len(found) < count:
            (day,) = self.chance.choices(days, weights)
            at = seconds_of(day, min(23.5, max(0.3, self.chance.gauss(12.5, 3.6))))
            if at < self.world.now - 120:
                found.append(at)
        clock, fresh = self.book.clock, min(UNSORTED, count // 4)
        passed = clock.passed(self.world.now)
        newest = [clock.at(passed - self.chance.randint(4, FRESH_MINUTES) * MINUTE) for _ in range(fresh)]
        return sorted(found)[: count - fresh] + sorted(newest)

    def say(self, code: str) -> tuple[str, Spot | None]:
        """The words of a letter, with the slips that people make, and the place it names."""
        chance, topic = self.chance, words.TOPICS[code]
        kinds = [kind for kind in topic.places if self.spots.get(kind)]
        spot = chance.choice(self.spots[chance.choice(kinds)]) if kinds else None
        core = chance.choice(topic.cores)
        text = core.format(where=spot.full_name.replace(" ", "") if spot else "院里")
        parts = [text]
        if chance.random() < 0.7:
            parts.append(chance.choice(topic.details))
        if chance.random() < 0.75:
            parts.append(chance.choice(topic.wishes))
        if chance.random() < 0.08:
            parts.append(chance.choice(words.TOPICS[chance.choice(self.topics)].wishes))
        said = chance.choice(words.OPENERS) + "，".join(parts) + "。" + chance.choice(words.CLOSERS)
        if chance.random() < SLIP:
            wrong, written = chance.choice(words.SLIPS)
            said = said.replace(wrong, written, 1)
        return said, spot if "{where}" in core else None

    # -- how it goes -----------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Every letter, and the bursts of letters about the same."""
        count = self.world.many(LETTERS, least=len(words.BURSTS) * 4)
        times = self.times(count)
        for number, at in enumerate(times):
            left = count - number
            (code,) = self.chance.choices(self.topics, cum_weights=self.weights)
            said, spot = self.say(code)
            line = self.receive(at, said, spot)
            if left <= min(UNSORTED, count // 4):
                line.close()
                continue
            sorted_as = words.NEIGHBOURS.get(code, code) if self.chance.random() < MISTAKEN else code
            self.go(line, sorted_as, unanswered=left <= min(UNSORTED + UNANSWERED, count // 2))
            line.close()
        for burst in words.BURSTS:
            self._burst(*burst)

    def receive(self, at: int, said: str, spot: Spot | None) -> LetterLine:
        """A letter that came in."""
        chance = self.chance
        place = spot.id if spot else None
        yes = chance.random() >= NO_PUBLIC
        if chance.random() < ANONYMOUS:
            nobody = Applicant(None, "匿名", "")
            line = LetterLine(self.book, at, nobody, said, place=place, anonymous=True, may_publish=yes)
        else:
            person = chance.choice(self.writers)
            by_phone = chance.random() < BY_PHONE
            line = LetterLine(
                self.book, at, Applicant(person, person.name, person.phone), said, place=place, may_publish=yes,
                channel="phone" if by_phone else "web", clerk=self.world.accounts["dispatcher"] if by_phone else None,
            )  # fmt: skip
        self.lines.append(line)
        return line

    def go(self, line: LetterLine, code: str, *, unanswered: bool) -> None:
        """Sorted, answered, reviewed where need be, confirmed or not, rated or not."""
        chance, book = self.chance, self.book
        postmaster = chance.choice(book.postmasters)
        at = self.later(line.at, chance.lognormvariate(log(45), 0.8))
        answerer = chance.choice(self.answerers[code])
        line.sort(at, postmaster, code, answerer)
        if unanswered:
            if chance.random() < 0.5:
                line.accept(self.later(at, 20), answerer)
            line.warn(self.world.now)
            return
        limit = line.limits[1]
        taken = limit * (
            chance.uniform(1.05, 1.6) if chance.random() < LATE else min(0.95, chance.betavariate(2, 3))
        )
        accepted = self.later(at, min(taken / 3, 120))
        line.accept(accepted, answerer)
        done = max(self.later(at, taken), accepted + 60)
        line.warn(done - 30)
        self.answer(line, code, done)

    def answer(self, line: LetterLine, code: str, at: int) -> None:
        """The answer and what comes of it."""
        chance, topic = self.chance, words.TOPICS[code]
        head = self.world.crews[topic.section][0]
        line.draft(
            at,
            f"您好，{chance.choice(topic.answers)}。感谢您的{'鼓励' if code == 'praise' else '意见'}。",
            head,
        )
        if line.state == "open":
            at = self.later(at, chance.uniform(10, 200))
            line.agree(at)
        if chance.random() < AGAIN and self.world.now - at > 20 * 86_400:
            at = self.later(at, chance.uniform(30, 300))
            line.reopen(at, chance.choice(words.ASKED_AGAIN))
            at = self.later(at, chance.uniform(120, 900))
            line.draft(at, words.AGAIN, head)
            if line.state == "open":
                at = self.later(at, 60)
                line.agree(at)
        self._after(line, at)

    def _after(self, line: LetterLine, at: int) -> None:
        chance, now = self.chance, self.world.now
        assert line.confirm_by is not None
        if chance.random() < SILENT:
            ended = line.confirm_by + chance.randint(1, 59)
            if ended < now:
                line.silence(ended)
        else:
            ended = at + round(chance.uniform(0.05, 0.8) * (line.confirm_by - at))
            if ended < now:
                line.confirm(ended)
        rated = ended + round(chance.expovariate(1 / 30_000)) + 20
        if line.state == "completed" and rated < now and chance.random() < RATED:
            stars = chance.choices(self.stars, cum_weights=self.star_sums)[0]
            tags = chance.sample(words.TAGS[stars], k=1) if chance.random() < 0.6 else []
            line.rate(rated, stars, tags, chance.choice(words.RATED[stars]))

    def _burst(self, ago: int, code: str, said: tuple[str, ...], answer: str) -> None:
        """Several letters about the same, joined and answered once."""
        chance, start = self.chance, seconds_of(self.world.today - timedelta(days=ago), 9)
        lines = []
        for number, text in enumerate(said):
            person = chance.choice(self.writers)
            at = start + number * chance.randint(1800, 9000)
            line = LetterLine(
                self.book, at, Applicant(person, person.name, person.phone), f"{text}。", place=None
            )
            lines.append(line)
        lead, answerer = lines[0], chance.choice(self.answerers[code])
        at = self.later(lines[-1].at, 60)
        for line in lines:
            line.sort(at, self.book.postmasters[0], code, answerer)
            line.matter = lead.id
        at = self.later(at, 300)
        lead.accept(at, answerer)
        done = self.later(at, 240)
        lead.draft(done, f"您好，{answer}", self.world.crews[words.TOPICS[code].section][0])
        if lead.state == "open":
            done = self.later(done, 30)
            lead.agree(done)
        for line in lines[1:]:
            line.answered_along(done, lead)
        for line in lines:
            self._after(line, done)
            line.close()
        self.lines += lines

    def later(self, at: int, minutes: float) -> int:
        """So many working minutes after a moment, but not ahead of now."""
        clock = self.book.clock
        return max(at + 1, min(clock.at(clock.passed(at) + round(minutes * MINUTE)), self.world.now - 60))

    def matters(self) -> Iterator[LetterLine]:
        """The leading letters."""
        return (line for line in self.lines if line.matter == line.id)
