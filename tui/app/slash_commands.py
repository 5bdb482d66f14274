"""What the slash commands and the palette do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.app.commands import COMMANDS, find, unknown
from tui.app.compare.comparing import BESIDE
from tui.app.conversations.order import Order
from tui.chat.draft import Draft
from tui.errors import UsageError
from tui.parameters import in_words

if TYPE_CHECKING:
    from tui.app.room import ChatRoom


class SlashCommands:
    """Runs commands by name."""

    def __init__(self, room: ChatRoom) -> None:
        self._room = room
        self._order = Order(room)

    async def run(self, name: str, argument: str) -> None:
        """Run one command.

        Raises:
            SegueError: There is no such command, or it can't be done.
        """
        method = getattr(self, f"_do_{name}", None)
        saved = self._room.saved_prompts()
        if method is None and find(name, saved):
            self._room.submit(Draft(f"/{name} {argument}".rstrip()))
            return
        if method is None:
            raise unknown(name, (*COMMANDS, *saved))
        if name not in BESIDE:
            self._room.comparing.leave()
        await method(argument)

    async def _do_model(self, argument: str) -> None:
        await self._room.sheets.use_model(argument)

    async def _do_new(self, argument: str) -> None:
        await self._room.open_new()

    async def _do_open(self, argument: str) -> None:
        await self._room.sheets.all_conversations(argument)

    async def _do_find(self, argument: str) -> None:
        await self._room.sheets.find(argument)

    async def _do_prompts(self, argument: str) -> None:
        await self._room.sheets.prompts()

    async def _do_title(self, argument: str) -> None:
        if not argument:
            await self._ask_title()
            return
        changes = self._room.session.current.titled(argument)
        await self._room.change(f"Renamed to “{changes['title']}”", "The title is as before", **changes)

    async def _do_system(self, argument: str) -> None:
        if not argument:
            await self._ask_system()
        else:
            await self._set_system("" if argument == "-" else argument)

    async def _set_system(self, text: str) -> None:
        words = "System prompt set" if text else "System prompt cleared"
        changes = self._room.session.current.instructed(text)
        await self._room.change(words, "The system prompt is as before", **changes)

    async def _ask_system(self) -> None:
        from tui.app.lists.ask_text import AskText

        def answered(text: str | None) -> None:
            if text is not None:
                self._room.screen.attempt_soon(self._set_system, text if text.strip() else "")

        before = self._room.session.current.conversation.system
        await self._room.app.push_screen(AskText("System prompt", before), answered)

    async def _ask_title(self) -> None:
        from tui.app.lists.ask_line import AskLine

        def answered(line: str | None) -> None:
            if line:
                self._room.screen.run_command("title", line)

        await self._room.app.push_screen(
            AskLine("Title", self._room.session.current.conversation.title), answered
        )

    async def _do_set(self, argument: str) -> None:
        chat = self._room.session.current
        if not argument:
            shown = in_words(chat.conversation.parameters)
            self._room.app.notify(shown or "No parameter is set. As in /set temperature 0.2")
            return
        wanted = chat.with_parameter(argument)
        name, parameters = argument.split()[0], wanted["parameters"]
        words = f"{name} = {parameters[name]}" if name in parameters else f"{name} is not set"
        if parameters == chat.conversation.parameters:
            self._room.app.notify(words)
        else:
            await self._room.change(words, f"{name} is as before", **wanted)

    async def _do_attach(self, argument: str) -> None:
        from tui.engine.typed_paths import paths_in, read_all

        composer = self._room.composer
        if not argument:
            composer.put("/attach ")  # with its files above
            return
        try:
            composer.attach(await read_all(paths_in(argument)))
        except UsageError:
            if not composer.text:
                composer.put(f"/attach {argument}")
            raise

    async def _do_paste(self, argument: str) -> None:
        await self._room.composer.take_clipboard()

    async def _do_retry(self, argument: str) -> None:
        chat = self._room.session.current
        message_id = chat.last_reply or chat.last
        if message_id is None:
            raise UsageError("There is no reply yet")
        self._room.actions.answer_again(message_id)

    async def _do_compare(self, argument: str) -> None:
        await self._room.comparing.ask(argument)

    async def _do_compact(self, argument: str) -> None:
        self._room.actions.sum_up()

    async def _do_copy(self, argument: str) -> None:
        message_id = self._room.session.current.last_reply
        if message_id is None:
            raise UsageError("There is no reply yet")
        [message] = await self._room.session.current.messages([message_id])
        await self._room.app.copy(message.text)

    async def _do_export(self, argument: str) -> None:
        path = await self._room.session.current.export(Path(argument))
        self._room.app.notify(f"Exported to {path}")

    async def _do_tag(self, argument: str) -> None:
        await self._order.tag(argument)

    async def _do_pin(self, argument: str) -> None:
        await self._order.pin()

    async def _do_archive(self, argument: str) -> None:
        await self._order.archive()

    async def _do_duplicate(self, argument: str) -> None:
        await self._order.duplicate()

    async def _do_delete(self, argument: str) -> None:
        await self._order.delete()

    async def _do_undelete(self, argument: str) -> None:
        await self._room.actions.undelete()

    async def _do_temporary(self, argument: str) -> None:
        await self._room.open_found(self._room.session.new_temporary())

    async def _do_theme(self, argument: str) -> None:
        if argument:
            await self._room.app.choose_theme(argument)
        else:
            from tui.app.settings.theme_chooser import ThemeChooser

            def chosen(name: str | None) -> None:
                if name is not None:
                    self._room.screen.run_command("theme", name)

            await self._room.app.push_screen(ThemeChooser(self._room.app.use_theme), chosen)

    async def _do_editor(self, argument: str) -> None:
        self._room.screen.action_editor()

    async def _do_sidebar(self, argument: str) -> None:
        self._room.screen.action_sidebar()

    async def _do_help(self, argument: str) -> None:
        await self._room.sheets.help()

    async def _do_quit(self, argument: str) -> None:
        await self._room.app.action_quit()
