"""The messages of a conversation as they are read: opened, scrolled, streamed, found, selected, copied."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self, assert_never

from rich.style import Style
from textual import events
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.message import Message as TextualMessage
from textual.reactive import Reactive, reactive
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui.app.actions import Action
from tui.app.background import in_background, in_thread
from tui.app.keymap import keys_of
from tui.app.life import while_alive
from tui.app.messages.blocks import BlockRow
from tui.app.messages.diagrams import Diagrams
from tui.app.messages.finder import Finder, Hit
from tui.app.messages.gallery import NO_GALLERY, Contents, gallery_of
from tui.app.messages.look import Look, put
from tui.app.messages.pager import Load, Pager
from tui.app.messages.picture_files import PictureFile, open_picture, save_picture
from tui.app.messages.picture_lines import PictureAct, PictureLines
from tui.app.messages.pictures_in_view import PicturesInView
from tui.app.messages.selection import Selected, key_of, whole_rows, word_at
from tui.app.messages.stream import Colours, Stream
from tui.app.messages.turned_rows import may_turn, turned_row
from tui.app.messages.viewport import Viewport, Whole
from tui.app.messages.window import Anchor, Make, Window, around, lines_of
from tui.app.terminal.turning import others, turning_of
from tui.app.theme.grid import ROOMY
from tui.app.theme.ink import Ink
from tui.app.theme.page import grid_of
from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.errors import SegueError
from tui.rendering.palette import Palette
from tui.rendering.spans import Target

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView
    from tui.rendering.turned import Turned

LoadElsewhere = Callable[[str], Awaitable[Attachment]]
"""Loads the picture at an address."""
_MORE = "↓ more below"
_SOON = 0.3
"""Seconds after which it is said that something takes its time."""


class Overlay(Protocol):
    """Something that is drawn over the rows of messages."""

    def draw(self, strip: Strip, view: MessageView, index: int, row: int) -> Strip:
        """A row of a message, by index, with what is drawn over it."""


class MessageList(ScrollView):
    """The widget round the messages of one conversation. 10 or 10,000 of them open alike.

    Each thing that it does is a part of its own: ``viewport`` keeps the reader's place, ``pager`` loads,
    ``stream`` takes what comes of a reply, ``finder`` finds, ``marked`` is what is selected. The widget
    hands them what Textual tells, and draws.
    """

    DEFAULT_CSS = """
    MessageList {
        width: 100%;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 1 1;
        background: $background;
    }
    """

    class Chosen(TextualMessage):
        """The person chose to do something with a message.

        Copying, folding, selecting and links are done by the list itself.
        """

        def __init__(self, action: Action, message_id: int) -> None:
            super().__init__()
            self.action = action
            self.message_id = message_id

    # The column's height is not the widget's, so a change of it must not lay the screen out anew.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    selected: reactive[int | None] = reactive(None)
    """The message that has the rail: the keys act on it."""

    def __init__(
        self,
        *,
        margins: tuple[int, int] | None = None,
        make: Make = lines_of,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        """Make a list without messages.

        Args:
            margins: Cells left of the rail, and right of the text's pad, where the scroll bar stands; without
                them, those of a page.
            make: Makes the lines of a message.
            id: The widget's id.
        """
        self._painted: dict[int, Strip] = {}
        """The lines of the view that are as they were painted last."""
        self._painted_at = (0, 0)
        super().__init__(id=id)
        self._margins = margins
        self._make = make
        self._fitted = Size(0, 0)
        """The size for which it is drawn."""
        self.viewport = Viewport(lambda: self.size.height, self._settled, lambda: self.marked.messages)
        self.pager = Pager(self, self.viewport)
        self.stream = Stream(self.viewport, self._soon, self._draw_lines)
        self.finder = Finder(self.viewport, self.pager, self._redraw)
        self.marked = Selected(self.viewport)
        self.overlays: list[Overlay] = [self.finder, self.marked]
        """What is drawn over each row, in this order."""
        self._colours = Colours(self.viewport, self._soon, self._redraw)
        self._diagrams = Diagrams(self, self.viewport)
        self.pictures = PicturesInView(self.viewport, lambda: gallery_of(self.app), self._load_picture)
        self.contents: Contents | None = None
        """Gives the contents of the files; without it no picture is drawn."""
        self.load_picture: LoadElsewhere | None = None
        """Loads a picture that is elsewhere; without it none is."""
        self._openings = 0
        self._read: set[int] = set()
        """Messages that are being read whole."""
        self._thumb = (0, 0, False)
        self.newest_key = "end"
        """The key that goes to the newest line, whoever has the focus."""

    def _soon(self, seconds: float, act: Callable[..., object], *arguments: object) -> None:
        asyncio.get_running_loop().call_later(seconds, self.call_later, act, *arguments)

    # -- conversations
    async def open(self, conversation: Conversation, load: Load, at: int | None = None) -> None:
        """Show a conversation.

        One that is shown already keeps the reader's place: after a change of version, a branch or a deletion.
        What was found in another one is forgotten.

        Args:
            conversation: Its tree; the active path is shown.
            load: Gives the messages with these ids, in this order.
            at: A message to have in view; without it the end.
        """
        self._openings += 1
        opening = self._openings
        path = conversation.path()
        place = path.index(at) if at in path else len(path) - 1
        messages = await load(around(path, place)) if path else []
        if opening != self._openings:
            return
        self.pager.load = load
        window = self.viewport.window
        if window is not None and window.conversation is conversation:
            self._reopen(window, path, messages, at)
        else:
            self._begin(Window(conversation, path, self._look(), self._make), messages, at)

    def _begin(self, window: Window, messages: list[Message], at: int | None) -> None:
        """Show another conversation."""
        viewport = self.viewport
        self.pictures.leave()
        viewport.window = window
        window.put(messages)
        self.stream.clear()
        self.selected = None
        viewport.news = False
        if at is None or at not in window.index:
            viewport.follow()
        else:
            viewport.go_to(Anchor(window.index[at], BlockRow(0, 0)))
            viewport.go(viewport.span(at)[0])
        self.finder.end()

    def _reopen(self, window: Window, path: list[int], messages: list[Message], at: int | None) -> None:
        """Show another path of the same conversation."""
        viewport = self.viewport
        viewport.hold()
        self._follow_path(window, path, at)
        window.put(messages)
        viewport.settle()
        viewport.follow_at_end()
        if at is not None and not viewport.begins_in_view(at):
            viewport.show_message(at)

    def _follow_path(self, window: Window, path: list[int], at: int | None = None) -> None:
        """Have the messages of a path; ``at`` is chosen instead of one that is not among them."""
        window.rebuild(path)
        if self.selected is not None and self.selected not in window.index:
            self.selected = at if at in window.index else None

    def validate_selected(self, message_id: int | None) -> int | None:
        """Only what is shown can be chosen; Textual calls this."""
        window = self.viewport.window
        return message_id if window is not None and message_id in window.index else None

    def watch_selected(self) -> None:
        """Draw the rail of the chosen message; Textual calls this."""
        self.refresh()

    # -- messages
    @property
    def busy(self) -> bool:
        """Whether something that came is not drawn yet."""
        return self.stream.busy or self.pager.busy or self.pictures.busy

    def add(self, message: Message) -> None:
        """Show a message that begins: a prompt, or a reply that will be fed. Who reads above stays there."""
        viewport, window = self.viewport, self.viewport.window
        if window is not None:
            self.stream.flush()  # what the message has already is not to be added to it once more
            self._follow_path(window, window.conversation.path())
            if message.id in window.index:
                window.show(message)
            viewport.news = not viewport.following
            viewport.settle()

    def feed(self, message_id: int, text: str = "", reasoning: str = "") -> None:
        """Add a piece to a reply; drawn with the next frame."""
        self.stream.feed(message_id, text, reasoning)

    def replace(self, message: Message) -> None:
        """Show a reply's final state, or any change of a message."""
        window = self.viewport.window
        if window is not None and message.id in window.index:
            self.stream.flush()
            window.show(message)
            self.viewport.settle()

    def note(self, message_id: int, words: str) -> None:
        """Say on a reply what it waits for: a retry's countdown, a download."""
        view = self.viewport.view(message_id)
        if view is not None:
            view.say(words)
            self.viewport.settle()

    def fold(self, message_id: int) -> None:
        """Open or close the reasoning of a message, or show all; what is at the top stays there."""
        view = self.viewport.view(message_id)
        if view is not None and view.limited:
            in_background(self, "read whole", self._read_whole, view)
        elif view is not None:
            self.viewport.change(view, view.fold)

    def toggle(self, message_id: int, row: int) -> bool:
        """Open or close what folds at a row of a message; what is at the top stays there.

        Returns:
            Whether something does.
        """
        view = self.viewport.view(message_id)
        toggled = False

        def change() -> None:
            nonlocal toggled
            toggled = view is not None and view.toggle(row)

        if view is not None:
            self.viewport.change(view, change)
        return toggled

    def say_calls(self, message_id: int, progress: Mapping[str, Sequence[str]]) -> None:
        """Say how far the calls of a reply are that run, by their ids."""
        window, view = self.viewport.window, self.viewport.view(message_id)
        if window is not None and view is not None:
            top = window.top(view)
            self._draw_lines(top + view.say_calls(progress), top + view.height)

    async def _read_whole(self, view: MessageView) -> None:
        """Read all of a text that was too long for it; the keys go on meanwhile."""
        document, message_id = view.document, view.message.id
        if document is None or message_id in self._read:
            return
        self._read.add(message_id)
        read_whole: Callable[[], Whole] = document.read_whole
        reading = asyncio.ensure_future(in_thread(read_whole))
        if not (await asyncio.wait({reading}, timeout=_SOON))[0]:
            self.notify("Reading all of it …", markup=False)
        whole = await reading
        self._read.discard(message_id)
        if view is self.viewport.view(message_id) and view.document is document:
            self.viewport.take(view, whole)

    def _load_picture(self, lines: PictureLines) -> None:
        if self.contents is not None:
            in_background(self, "pictures", self._show_picture, lines, self.contents)

    async def _show_picture(self, lines: PictureLines, contents: Contents) -> None:
        try:
            await self.pictures.load(lines, contents)
        except SegueError as error:
            self.notify(str(error), severity="error", markup=False)

    # -- the place
    @property
    def following(self) -> bool:
        """Whether the end stays in view as text comes."""
        return self.viewport.following

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.viewport.follow()

    @property
    def top(self) -> int:
        """The line of the column at the top of the view."""
        return self.viewport.top

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: nothing slides."""
        super().scroll_to(x, y, **{**options, "animate": False})

    def action_scroll_home(self) -> None:
        """Go to the first message."""
        self.viewport.go_to(Anchor(0, BlockRow(0, 0)))

    def action_scroll_end(self) -> None:
        """Go to the newest message, and follow."""
        self.viewport.follow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader scrolled; Textual calls this."""
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) != round(old_value):
            self.viewport.scrolled(round(new_value))

    def _settled(self) -> None:
        self._scroll_along()
        self.refresh()
        self.pager.fetch()
        self.call_after_refresh(while_alive(self, self._colours.find_in_view))
        self._diagrams.draw_in_view()
        self.call_after_refresh(while_alive(self, self.pictures.find))

    def _scroll_along(self) -> None:
        """Set the column's height and the line at the top.

        Done without a word to those who watch scrolling: only the reader's own scrolling sets an anchor.
        """
        line, height, size = self.viewport.top, self.size.height, Size(self.size.width, self.viewport.total)
        moved = line != round(self.scroll_y)
        if moved:
            self.set_scroll(None, line)
        self.set_reactive(Widget.scroll_target_y, line)
        if moved or size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._set_bar(size.height, height, line)

    def _set_bar(self, total: int, height: int, line: int) -> None:
        """Tell the scroll bar, and draw it only if its thumb has moved: it costs as much as all the rows."""
        bar = self.vertical_scrollbar
        bar.set_reactive(ScrollBar.window_virtual_size, total)
        bar.set_reactive(ScrollBar.window_size, height)
        bar.set_reactive(ScrollBar.position, line)
        length = max(1, round(height * height / max(total, 1)))
        thumb = (length, round((height - length) * line / max(total - height, 1)), total > height)
        if thumb != self._thumb:
            self._thumb = thumb
            bar.refresh()

    # -- finding
    @property
    def hits(self) -> list[Hit]:
        """What was found, from the first message to the last."""
        return self.finder.hits

    @property
    def place(self) -> int:
        """Which of the hits is the current one, from 1; 0 without one."""
        return self.finder.place

    @property
    def found(self) -> bool:
        """Whether there is a hit to go on from."""
        return self.finder.found

    async def jump(self, message_id: int, needle: str = "") -> None:
        """Bring a message into view, with every hit of a search in it marked."""
        await self.finder.jump(message_id, needle)

    async def find(self, needle: str) -> None:
        """Find a text in all messages, mark it, and go to the nearest hit at or above the end of the view.

        Raises:
            HistoryError: The messages could not be read.
        """
        await self.finder.find(needle)

    async def next_hit(self, step: int) -> None:
        """Go to the hit after or before the current one, round the ends.

        Raises:
            HistoryError: The messages could not be read.
        """
        await self.finder.go_on(step)

    def end_find(self) -> None:
        """Take the marks away."""
        self.finder.end()

    # -- selecting: Textual does what the mouse asks for, and asks and tells here
    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The source of what is selected."""
        text = self.marked.text(selection)
        return None if text is None else (text, "\n")

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.marked.selection = selection
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line as it is read, with its places in the text; asked for when something is selected there."""
        (strip, _, _), window, line = self._read_line(y), self.viewport.window, self.top + y
        if window is None or line >= window.column.total:
            return strip
        index, _, row = window.at(line)
        return strip.apply_offsets(-window.look.edge, key_of(index, row))

    def copy_message(self, message_id: int) -> None:
        """Copy all of a message."""
        view = self.viewport.view(message_id)
        if view is not None:
            self.copy_text(view.message.text if not view.message.live else view.body.source)

    def copy_text(self, text: str) -> None:
        """Copy, and say where to."""
        in_background(self, "copy", self._copy, text)

    async def _copy(self, text: str) -> None:
        from tui.system.clipboard import copy

        copied = await copy(self.app, text)
        self.notify(copied.words, severity="warning" if copied.path else "information", markup=False)

    # -- clicks
    def on_click(self, event: events.Click) -> None:
        """Do what stands under the pointer; two clicks select a word, three a line."""
        event.prevent_default()
        window, line = self.viewport.window, self.top + event.y
        if window is None or line >= window.column.total:
            return
        if self.viewport.more and event.y == self.size.height - 1 and event.x in self._marker(window.look):
            self.follow()
            return
        index, view, row = window.at(line)
        cell = self.read_at(event.x, event.y) - window.look.edge
        if view is None:
            return
        if event.chain > 1:
            here = (index, row)
            selection = word_at(view, index, row, cell) if event.chain == 2 else whole_rows(here, here)
            self.screen.selections = {self: selection} if selection else {}
        elif self.marked.selection is None:
            self._clicked(view, row, cell)

    def _clicked(self, view: MessageView, row: int, cell: int) -> None:
        target = view.target(row, cell)
        if target is not None:
            self.do(target, view.message.id)
        elif not self.toggle(view.message.id, row):
            self.pointed(view.message.id, rail=cell < 0)

    def pointed(self, message_id: int, *, rail: bool) -> None:
        """A message was clicked where nothing of it does anything: left of its text, or in it."""

    def do(self, target: Target, message_id: int) -> None:
        """Do what a part of a message is for."""
        if isinstance(target.action, PictureAct):
            self._do_with_picture(target.action, target.value, message_id)
        elif target.action is Action.MESSAGE_LINK:
            self._see_link(target.value)
        elif target.action is Action.MESSAGE_SAVE:
            from tui.app.messages.save_sheet import SaveSheet

            self.app.push_screen(SaveSheet(target.value, target.language))
        elif target.action is Action.MESSAGE_FOLD and target.value:
            self.toggle(message_id, int(target.value))
        elif target.action is Action.MESSAGE_FOLD:
            self.fold(message_id)
        elif target.action is Action.MESSAGE_CODE:
            self.copy_text(target.value)
        elif isinstance(target.action, Action):
            self.post_message(self.Chosen(target.action, message_id))

    def picture_file(self, message_id: int, key: str) -> PictureFile | None:
        """A picture of a message, by what it contains."""
        view = self.viewport.view(message_id)
        file = next((file for _, file in view.files if file.sha256 == key), None) if view else None
        return PictureFile(file, self.contents) if file and self.contents else None

    def _see_link(self, address: str) -> None:
        from tui.app.messages.link_sheet import LinkSheet

        self.app.push_screen(LinkSheet(address))

    def _see_elsewhere(self, message_id: int, address: str) -> None:
        """Show where a picture is that is elsewhere; one that was loaded is shown itself."""
        from tui.app.messages.picture_link_sheet import PictureLinkSheet
        from tui.app.messages.picture_screen import PictureScreen

        view, loaded = self.viewport.view(message_id), gallery_of(self.app).loaded
        if self.load_picture is None:
            self._see_link(address)
            return
        if view is None or self.contents is None:
            return
        message, contents = view.message, self.contents
        if file := loaded.get(message, address):
            self.app.push_screen(PictureScreen(PictureFile(file, contents)))
            return
        sheet = PictureLinkSheet(address, self.load_picture)

        def came(done: bool | None) -> None:
            if sheet.loaded is not None:
                loaded.put(message, address, sheet.loaded)
                self.replace(self._as_shown(message))
                self.app.push_screen(PictureScreen(PictureFile(sheet.loaded, contents)))

        self.app.push_screen(sheet, came)

    def _as_shown(self, message: Message) -> Message:
        """A message as it is shown now: a reply may have gone on meanwhile."""
        view = self.viewport.view(message.id)
        return view.message if view is not None else message

    def _do_with_picture(self, act: PictureAct, key: str, message_id: int) -> None:
        from tui.app.messages.picture_screen import PictureScreen

        if act is PictureAct.LOAD:
            self._see_elsewhere(message_id, key)
            return
        picture = self.picture_file(message_id, key)
        if picture is None:
            return
        match act:
            case PictureAct.SEE:
                self.app.push_screen(PictureScreen(picture))
            case PictureAct.SAVE:
                in_background(self, "save", save_picture, self.app, picture)
            case PictureAct.OUTSIDE:
                in_background(self, "open", open_picture, self.app, picture)
            case _:
                assert_never(act)

    # -- another size, another theme
    def on_mount(self) -> None:
        """Draw anew in another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda theme: self.relook())
        self.app.app_resume_signal.subscribe(self, lambda _: self.relook())  # it holds no pictures now
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out)

    def on_unmount(self) -> None:
        """Let go what the terminal holds."""
        self.pictures.leave()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width."""
        self.relook()

    def _laid_out(self, screen: Screen[object]) -> None:
        """Textual tells of no new size where it was asked for a place while a part came that takes rows."""
        if self.size != self._fitted:
            self.call_later(while_alive(self, self._fit))  # after what it does tell

    def _fit(self) -> None:
        if self.size != self._fitted:
            self.relook()

    def relook(self) -> None:
        """Draw for the width, the measure and the colours that there are now."""
        self._fitted = self.size
        self.viewport.relook(self._look())

    def _look(self) -> Look:
        theme, variables, width = self.app.current_theme, self.app.theme_variables, self.size.width
        grid = grid_of(self.app)
        left, right = self._margins or grid.gutters(width)
        palette = Palette.from_theme(variables, dark=theme.dark, ansi=theme.ansi)
        page = Style(color=palette.ink, bgcolor=palette.background)
        measure = max(8, width - left - right - 3)
        whole = measure if self._margins else max(measure, grid.room(width))
        return Look(
            measure,
            palette,
            Ink.from_theme(variables),
            left,
            width,
            page,
            keys_of(self.app),
            whole,
            gallery_of(self.app) if self.contents else NO_GALLERY,
            self.app.size.height >= ROOMY,
        )

    # -- drawing
    def _redraw(self) -> None:
        self.refresh()

    def _draw_lines(self, first: int, end: int) -> None:
        """Draw lines of the column that have changed, or everything if the view has moved."""
        everything = self.viewport.grow()
        self._scroll_along()
        self._diagrams.draw_in_view()
        first = max(0, first - self.top)
        end = min(end - self.top, self.size.height)
        if everything:
            self.refresh()
        elif first < end:
            self.refresh(Region(0, first, self.size.width, end - first))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw again: everything, or the lines of these regions."""
        if not regions:
            self._painted.clear()
        for region in regions:
            for y in region.line_range:
                self._painted.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the view; Textual calls this.

        There is no border to draw round them, so they are handed on as they are: what Textual then finds out
        about a line, it finds out once, for all the frames in which the line stays.
        """
        if self._painted_at != (self.top, self.size.width):
            self._painted_at = (self.top, self.size.width)
            self._painted.clear()
        strips = [self._line(y) for y in crop.line_range]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def _line(self, y: int) -> Strip:
        """A line of the view. Textual asks for all of them, however few have changed."""
        strip = self._painted.get(y)
        if strip is None:
            strip = self._painted[y] = self._paint(y)
        return strip

    def _read_line(self, y: int) -> tuple[Strip, MessageView | None, int]:
        """One line of the view in the order in which it is read; its message, and which row of it."""
        window, line = self.viewport.window, self.top + y
        strip, view, row = None, None, 0
        if window is not None and line < window.column.total:
            index, view, row = window.at(line)
            if view is not None:
                strip = view.line(row, selected=self.selected == view.message.id)
                for overlay in self.overlays:
                    strip = overlay.draw(strip, view, index, row)
        if strip is None:
            # The widget's own style is the same, and costs as much as ten lines of text.
            strip = Strip.blank(self.size.width, window.look.page if window else self.visual_style.rich_style)
        elif strip.cell_length != self.size.width:  # the frame between a new size and its layout
            strip = strip.adjust_cell_length(self.size.width, self.visual_style.rich_style)
        return strip, view, row

    def _turned(self, strip: Strip, view: MessageView | None, row: int) -> Turned | None:
        """The line as it is seen, where that is another: this is the last that is done to it."""
        if view is None or not may_turn(strip, view):
            return None
        turning = turning_of(self.app)
        return turned_row(strip, view, row, turning.shape) if turning else None

    def read_at(self, cell: int, row: int) -> int:
        """The cell that is read where one of a line of the view is seen."""
        turned = self._turned(*self._read_line(row))
        return turned.read_at(cell) if turned else cell

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What the lines go through; to be turned is nothing that they still need."""
        return others(super().get_line_filters())

    def _paint(self, y: int) -> Strip:
        """One line of the view as it is seen."""
        window = self.viewport.window
        strip, view, row = self._read_line(y)
        turned = self._turned(strip, view, row)
        strip = turned.strip if turned else strip
        if window is None or not self.viewport.more or y != self.size.height - 1:
            return strip
        look = window.look
        ground = look.ink.dim + Style(bgcolor=look.palette.band)
        return put(strip, self._marker(look).start, f" {self._more_below} ", ground)

    @property
    def _more_below(self) -> str:
        return f"{_MORE}   {self.newest_key}"

    def _marker(self, look: Look) -> range:
        """The columns of the words that say that there is more below."""
        end = look.edge + look.width + 1
        return range(end - len(self._more_below) - 2, end)
