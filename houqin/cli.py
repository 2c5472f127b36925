"""The `houqin` command.

Exit codes: 0 done, 1 failed or something is wrong, 2 the command was used wrongly, 3 the settings are wrong,
4 the database cannot be used or Houqin already runs on this data, 5 the backup was made, but files were missing or damaged.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from houqin import __version__
from houqin.project import environment
from houqin.project.environment import Environment

FAILED, SETTINGS_WRONG, DATABASE_UNUSABLE, FILES_AMISS = 1, 3, 4, 5
WITHOUT_DATABASE = {
    "help",
    "--help",
    "-h",
    "--version",
    "version",
    "compilemessages",
    "makemessages",
    "collectstatic",
}

F = TypeVar("F", bound=Callable[..., Any])


class Problem(click.ClickException):
    """Something wrong, with its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]


def say(text: str) -> None:
    """Tell the person at the terminal; standard output stays for results."""
    click.echo(text, err=True)


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Houqin: run, feed and look after an installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings")


def serving_options(command: F) -> F:
    """The options of every command that ends up serving."""
    for option in (
        click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="Its key, in PKCS#8."),
        click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False), help="Certificate, in PEM."),
        click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535)),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    ):
        command = option(command)
    return command


@main.command()
@serving_options
def up(host: str, port: int, tls_cert: str | None, tls_key: str | None) -> None:
    """Run everything for one machine: database, migrations, web, worker. Ctrl-C stops it."""
    with _installation() as given:
        _serve(given, host, port, tls_cert, tls_key)


@main.command()
@serving_options
@click.option("--no-serve", is_flag=True, help="Load the demo compound and stop.")
@click.option("--live", is_flag=True, help="Let a simulated working day run on it.")
@click.option("--lan", is_flag=True, help="Open it to the local network, after a new password.")
def demo(
    host: str, port: int, tls_cert: str | None, tls_key: str | None, no_serve: bool, live: bool, lan: bool
) -> None:
    """Load the demo compound into an empty database, then run it. It answers to this machine only, or --lan."""
    from houqin.project.serve import is_loopback

    if not lan and not is_loopback(host):
        raise click.UsageError(
            "The demo answers to this machine only, because everybody knows its passwords: open it with --lan."
        )
    before = [_houqin("load-demo"), *([_houqin("open-demo")] if lan else [])]
    if lan:
        host = host if not is_loopback(host) else "0.0.0.0"  # noqa: S104 - what --lan asks for
        _name_network(port)
    with _installation() as given:
        if no_serve:
            with _database(given):
                _ready_database()
                for command in before:
                    _run(command)
            return
        if lan and not tls_cert:
            tls_cert, tls_key = _network_certificate(given)
        _serve(
            given,
            host,
            port,
            tls_cert,
            tls_key,
            before=before,
            beside={"day": _play_day} if live else {},
        )


def _play_day() -> None:
    from houqin.project import live

    live.run()


def _name_network(port: int) -> None:
    """Let the site know under which address phones reach it."""
    from houqin.project import lan

    address = lan.own_address()
    os.environ.setdefault("HOUQIN_BASE_URL", f"https://{address}:{port}")
    os.environ.setdefault("HOUQIN_ALLOWED_HOSTS", f"{address},localhost,127.0.0.1")


def _network_certificate(given: Environment) -> tuple[str, str]:
    from houqin.project import lan

    say(lan.code_for_phone(given.base_url))
    say(f"On a phone: {given.base_url}  (its own certificate: the browser asks once)")
    return lan.certificate(given.data_dir / "tls", lan.own_address())


def _houqin(*command: str) -> list[str]:
    return [sys.executable, "-m", "houqin", *command]


@main.command("open-demo", hidden=True)
def open_demo() -> None:
    """Give the demo's accounts a password of your own, once, so that the network may reach it."""
    _django()
    from houqin.foundation.errors import Problem as Refusal
    from houqin.foundation.people import installation

    while installation.is_closed_demo():
        password = click.prompt(
            "New password for all demo accounts", hide_input=True, confirmation_prompt=True
        )
        try:
            installation.open_demo(password)
        except Refusal as refusal:
            say(f"✗ {refusal}")


@main.command("load-demo", hidden=True)
def load_demo() -> None:
    """Load the demo compound into the database that is there."""
    _django()
    from houqin.foundation.errors import Problem as Refusal
    from houqin.project import demo as compound

    try:
        compound.load()
    except Refusal as refusal:
        raise Problem(str(refusal), FAILED) from refusal


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Any Django management command."""
    from django.core.management import execute_from_command_line

    call = ["houqin manage", *arguments]
    if not arguments or arguments[0] in WITHOUT_DATABASE:
        execute_from_command_line(call)
        return
    with _installation() as given, _database(given):
        execute_from_command_line(call)


@main.group("import")
def import_() -> None:
    """Bring data in from files."""


@import_.command("roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what it would do; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--keep-unlisted", is_flag=True, help="People whom the file does not list stay as they are.")
@click.option(
    "--new-unit", "new_units", multiple=True, metavar="NAME", help="A unit that is new; may be repeated."
)
def import_roster(
    file: Path, check: bool, as_json: bool, keep_unlisted: bool, new_units: tuple[str, ...]
) -> None:
    """Organisations and people from a spreadsheet (.xlsx, .xls, .csv): all of what can be taken, or nothing.

    Exit code 0 also where rows were refused: they are listed. 1: the file cannot be read, nothing was changed.
    """
    with _at_work():
        from houqin.foundation.roster import actions, report
        from houqin.foundation.roster.planning import Wishes
        from houqin.foundation.trail.actors import SYSTEM
        from houqin.project.prepare import migrate_if_needed

        migrate_if_needed()
        wishes = Wishes(units=dict.fromkeys(new_units, "new"), keep_unlisted=keep_unlisted)
        plan = actions.import_file(
            SYSTEM, name=file.name, content=file.read_bytes(), check=check, wishes=wishes
        )
        told = report.as_json if as_json else report.as_text
        click.echo(told(plan, applied=not check))


@main.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("username")
@click.option("--scope", default=None, help="What the token may do; default: all that the person may.")
@click.option("--days", default=None, type=click.IntRange(1, 3650), help="Days until it ends.")
@click.option(
    "--code", default="", help="Their one-time code, where a role of theirs asks for a second factor."
)
def token_create(username: str, scope: str | None, days: int | None, code: str) -> None:
    """Make a token for USERNAME and print it, once."""
    with _at_work():
        from houqin.exchange.tokens import issue

        made = issue(username, scope, days, code=code)
        click.echo(str(made))


@token.command("revoke")
@click.argument("username")
@click.option("--ending", default="", help="Only the token that ends with these four letters; default: all.")
def token_revoke(username: str, ending: str) -> None:
    """End the tokens of USERNAME now, for instance when one was lost."""
    with _at_work():
        from houqin.exchange.tokens import revoke_tokens

        ended = revoke_tokens(username, ending)
        click.echo(f"Ended {ended} token(s).")


@main.group()
def trail() -> None:
    """The trail of what was done."""


@trail.command("verify")
@click.option("--key", "trusted", multiple=True, help="A public key you noted; default: this installation's.")
@click.option(
    "--checkpoint", "kept", multiple=True, type=click.File(encoding="utf-8"), help="One you kept elsewhere."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def trail_verify(trusted: Sequence[str], kept: Sequence[Any], as_json: bool) -> None:
    """Walk along the whole trail. Exit code 0: whole; 1: broken, and where."""
    with _at_work():
        from houqin.project import trail as walk

        try:
            report = walk.verify(trusted, [file.read() for file in kept], say)
        except ValueError as bad:
            raise Problem(f"The key cannot be used: {bad}.", FAILED) from bad
    click.echo(walk.as_json(report) if as_json else walk.as_text(report))
    sys.exit(FAILED if report.faults else 0)


@trail.command("key")
def trail_key() -> None:
    """Print the public key that signs the trail, and those that did before. Note the first outside this machine."""
    with _installation():
        _django()
        from houqin.foundation.trail import keys

        for key in keys.trusted():
            click.echo(str(key))


@trail.command("rotate-key")
def trail_rotate_key() -> None:
    """Let a new key sign the trail from now on. What was signed before stays checked by the former public key."""
    with _at_work():
        from houqin.project import trail as walk

        click.echo(walk.rotate())


@main.group()
def personal() -> None:
    """Personal data: the keys that encrypt and find it."""


@personal.command("keys")
def personal_keys() -> None:
    """Which keys there are, and how many values need each."""
    with _at_work():
        from houqin.project import personal as care

        click.echo(care.keys_report())


@personal.command("new-key")
@click.option("--use", type=click.Choice(["data", "lookup"]), default="data", help="To encrypt, or to find.")
def personal_new_key(use: str) -> None:
    """Add a key, the newest from now on; what was written before stays readable."""
    from houqin.project import personal as care

    with _installation() as given:
        name = care.SETTINGS[use]
        click.echo(care.new_key(given, use, bool(os.environ.get(f"HOUQIN_{name}"))))


@personal.command("rotate")
def personal_rotate() -> None:
    """Write all personal numbers anew under the newest keys, while the system runs; may be interrupted."""
    with _at_work():
        from houqin.project import personal as care

        try:
            click.echo(care.rotate(say))
        except ValueError as wrong:
            raise Problem(str(wrong), FAILED) from wrong


@main.group()
def simulate() -> None:
    """Devices that are none, for the demo."""


@simulate.command("doors")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Where the platform answers.")
@click.option("--count", default=50, show_default=True, type=click.IntRange(1, 500), help="Controllers.")
@click.option("--seconds", type=click.FloatRange(1), help="How long; default: until Ctrl-C.")
@click.option(
    "--each",
    default=0,
    type=click.IntRange(0, 1000),
    help="And until so many people came to each; five minutes at most.",
)
@click.option("--faults/--no-faults", default=True, help="Repeats, lost answers, cut lines, wrong clocks.")
@click.option("--seed", default=1, show_default=True)
def simulate_doors(url: str, count: int, seconds: float | None, each: int, faults: bool, seed: int) -> None:
    """Door controllers of the demo that runs: people show passes, events come back. They get new secrets."""
    with _at_work():
        from houqin.services.access.simulate import run

        tally = run(url, count=count, seconds=seconds, each=each, faults=faults, seed=seed, say=say)
    click.echo(
        f"{tally.asked + tally.alone} passages, {tally.opened} opened, {tally.stored} delivered later."
    )


@main.command()
@click.argument(
    "place", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), envvar="HOUQIN_BACKUP_DIR"
)
@click.option("--keep", type=click.IntRange(1), help="Afterwards remove all backups in DIR but the N newest.")
def backup(place: Path, keep: int | None) -> None:
    """Copy database and files into a new folder in DIR, while the system runs. Prints that folder."""
    with _at_work() as given:
        from houqin.project.backup import run

        code = run.back_up(place.absolute(), keep, given, say)
    sys.exit(code)


@main.command()
@click.argument("place", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Verify the backup, say what it holds, and change nothing.")
@click.option("--replace", is_flag=True, help="Put it in the place of what is there, which is then gone.")
def restore(place: Path, check: bool, replace: bool) -> None:
    """Put the backup in DIR, or the newest one in it, into an empty database and an empty file store."""
    _django()
    from houqin.project.backup import run
    from houqin.project.postgres.users import serving

    found = run.opened(place.absolute(), say)
    if check:
        return
    fresh = run.kept_apart(environment.read().data_dir)
    with _installation() as given, serving(given.data_dir), _database(given):
        behind = run.put_back(found, given, say, replace=replace, fresh=fresh)
        if behind:
            _ready_database()
    say("Done. Start it with houqin up.")


@main.command()
@click.argument("into", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Private key, made if there is none; default: DIR/bundle-key.pem.",
)
def bundle(into: Path, key: Path | None) -> None:
    """Make one signed archive in DIR, to install and upgrade where no registry is reached. Prints it and its public key."""
    from houqin.project.bundle import build

    try:
        made, public = build.build(into.absolute(), (key or into / "bundle-key.pem").absolute(), say=say)
    except (build.BundleProblem, OSError) as problem:
        raise Problem(str(problem), FAILED) from problem
    click.echo(made)
    click.echo(public)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """What is missing or wrong in this installation, and the mend."""
    from houqin.project import doctor as practice

    findings = practice.examine()
    click.echo(practice.as_json(findings) if as_json else practice.as_text(findings))
    sys.exit(0 if all(finding.well for finding in findings) else FAILED)


@contextmanager
def _installation() -> Iterator[Environment]:
    from houqin.project import installation
    from houqin.project.postgres import ClusterProblem

    try:
        yield installation.prepare()
    except installation.SettingsProblem as wrong:
        for fault in wrong.faults:
            say(f"✗ {fault}")
        raise Problem("The settings are wrong; nothing was started.", SETTINGS_WRONG) from wrong
    except ClusterProblem as problem:
        raise Problem(str(problem), DATABASE_UNUSABLE) from problem


@contextmanager
def _database(given: Environment) -> Iterator[Any]:
    from houqin.project import installation

    with installation.database(given, say) as cluster:
        yield cluster


@contextmanager
def _at_work() -> Iterator[Environment]:
    """The database there and Django loaded; what the product refuses is a problem of the command."""
    with _installation() as given, _database(given):
        _django()
        from houqin.foundation.errors import Problem as Refusal

        try:
            yield given
        except Refusal as refusal:
            raise Problem(str(refusal), FAILED) from refusal


def _serve(
    given: Environment,
    host: str,
    port: int,
    cert: str | None,
    key: str | None,
    before: Sequence[list[str]] = (),
    beside: Mapping[str, Callable[[], object]] | None = None,
) -> None:
    from houqin.project import serve
    from houqin.project.postgres.users import serving

    if bool(cert) != bool(key):
        raise click.UsageError("--tls-cert and --tls-key belong together.")
    if not serve.is_loopback(host) and not given.hosts_given and not given.base_url:
        say("✗ HOUQIN_ALLOWED_HOSTS: is empty. List the names people type, separated by commas.")
        raise Problem("The settings are wrong; nothing was started.", SETTINGS_WRONG)
    if cert:
        os.environ["HOUQIN_TLS"] = "1"
    with serving(given.data_dir):
        if problem := serve.port_problem(host, port):
            raise Problem(problem, FAILED)
        with _database(given) as cluster:
            _ready_database()
            for command in before:
                _run(command)
            watch = serve.Supervisor(host, port, cluster, say, (cert, key) if cert and key else None)
            watch.children += [serve.Child(name, work, nice=15) for name, work in (beside or {}).items()]
            watch.run()


def _ready_database() -> None:
    say("Bringing database and static files in step with this version…")
    _run([sys.executable, "-m", "houqin.project.prepare"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise Problem(f"This step failed: {' '.join(command[1:])}", FAILED)


def _django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings")
    django.setup()
