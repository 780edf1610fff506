"""Forms and consent. `screens(desk, folder, acts, ask_path, show)` gives what `bootstrap` registers.

`folder` is `ProfilePaths.attachments`; `acts` the desk's one `LastActs`; `ask_path` asks where a file goes, `show`
opens a PDF with the machine's viewer. Other screens reach the hand-over by
`navigate("forms.collect", form_id=..., student_id=..., order_id=..., renews=...)`.
"""

from __future__ import annotations

from pathlib import Path

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.forms.author import AuthorScreen
from clinicdesk.gui.screens.forms.board import FormsScreen
from clinicdesk.gui.screens.forms.collect import CollectScreen
from clinicdesk.gui.shell.screen import ScreenSpec, ShellContext
from clinicdesk.presentation.forms.authoring import AuthorPresenter
from clinicdesk.presentation.forms.board import FormsPresenter
from clinicdesk.presentation.forms.collecting import CollectPresenter
from clinicdesk.presentation.forms.papers import AskPath, PaperTray
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.viewing import ShowDocument
from clinicdesk.reports.signed_consent import sealed_document
from clinicdesk.services.attachments import Attachments
from clinicdesk.services.consent_forms import ConsentForms
from clinicdesk.services.consents import Consents
from clinicdesk.services.desk import Desk
from clinicdesk.services.search import Search


def screens(desk: Desk, folder: Path, acts: LastActs, ask_path: AskPath, show: ShowDocument) -> list[ScreenSpec]:
    consents = Consents(desk, Attachments(desk, folder), sealed_document)

    def board(shell: ShellContext) -> FormsScreen:
        presenter = FormsPresenter(
            consents,
            ConsentForms(desk),
            Search(desk),
            shell.runner,
            shell.navigator,
            acts,
            PaperTray(consents, shell.runner, ask_path, show),
            desk,
        )
        return FormsScreen(shell, presenter)

    def collect(shell: ShellContext) -> CollectScreen:
        tray = PaperTray(consents, shell.runner, ask_path, show)
        return CollectScreen(shell, CollectPresenter(desk, consents, shell.runner, acts, tray))

    def author(shell: ShellContext) -> AuthorScreen:
        publishes = desk.may(Act.PUBLISH_CONSENT_FORM, ())
        presenter = AuthorPresenter(ConsentForms(desk), shell.runner, acts, desk.today, publishes=publishes)
        return AuthorScreen(shell, presenter)

    found = [ScreenSpec("forms", board), ScreenSpec("forms.collect", collect)]
    if desk.may(Act.AUTHOR_CONSENT_FORM):
        found.append(ScreenSpec("forms.author", author))
    return found
