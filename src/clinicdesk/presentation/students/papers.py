"""Documents and consent of a chart: a scan is brought in, a paper is opened where it is read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import Navigator
from clinicdesk.presentation.viewing import NoViewerError, ShowDocument
from clinicdesk.services.student_papers import OpenedPaper, StudentPapers
from clinicdesk.services.student_values import PaperKind, PaperOnRecord
from clinicdesk.services.undo import LastAct

Write = Callable[[Callable[[uuid.UUID], LastAct | None]], None]


class ChartPapers:
    """Reading a file and sealing it takes its time, so both are done off the window's thread."""

    def __init__(
        self,
        papers: StudentPapers,
        runner: Runner,
        navigator: Navigator,
        show: ShowDocument,
        write: Write,
        refuse: Callable[[Exception], None],
        collect: Callable[[], None],
    ) -> None:
        self._papers = papers
        self._runner = runner
        self._navigator = navigator
        self._show = show
        self._write = write
        self._refuse = refuse
        self._collect = collect

    def add(self, file: str, title: str) -> None:
        """`file` as it was chosen, typed or pasted: some machines paste it in quotes."""
        named = file.strip().strip('"')
        if not named:
            self._refuse(InvalidValueError("file", "missing"))
            return
        self._write(lambda student: self._papers.add(student, Path(named).expanduser(), title))

    def open(self, paper: PaperOnRecord) -> None:
        """A consent and a request are read among the forms; a document opens with the machine's viewer."""
        match paper.kind:
            case PaperKind.CONSENT:
                self._navigator.navigate("forms", signature_id=str(paper.id))
            case PaperKind.REQUEST:
                self._collect()
            case PaperKind.DOCUMENT:
                self._runner.run(
                    lambda: self._papers.open(paper.id), done=self._on_opened, failed=self._refuse, key="students.paper"
                )

    def _on_opened(self, opened: OpenedPaper) -> None:
        if not self._show(opened.content, opened.name):
            self._refuse(NoViewerError())
