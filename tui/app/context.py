"""What a feature of the app may ask of the rest.

A feature is a folder with its widgets and one or two classes that do what its commands and keys ask for. It
imports no other feature and no screen: it gets a ``Context``, and names in a Protocol of its own which of the
abilities below it needs besides. ``tui.app.features`` puts the features together. All of it is for who reads
and for mypy: a program that runs loads none of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Unpack

if TYPE_CHECKING:
    from textual.message import Message as TextualMessage
    from textual.screen import Screen

    from tui.app.actions import Action
    from tui.app.keymap import Keys
    from tui.app.terminal.outside import Outside
    from tui.app.undo import Acts
    from tui.chat.attachment import Attachment
    from tui.chat.conversation import Conversation
    from tui.chat.draft import Draft
    from tui.chat.message import Message
    from tui.config import Config
    from tui.engine.conversation_service import ConversationService, Undo
    from tui.engine.project import Project
    from tui.engine.session import Act, Session
    from tui.engine.start_options import StartOptions
    from tui.engine.workspace import Workspace
    from tui.errors import SegueError
    from tui.history.store import ConversationChanges
    from tui.tools.mcp.elicitation import Answer, Form
    from tui.typed_toml import Changes

_Result = TypeVar("_Result")


# -- what every feature may ask
class Context(Protocol):
    """The conversations at hand, the screen, and a few ways to speak to the person."""

    @property
    def session(self) -> Session:
        """The conversations at hand."""
        ...

    @property
    def screen(self) -> Screen[None]:
        """The main screen, on which a feature finds its own widgets."""
        ...

    @property
    def acts(self) -> Acts:
        """What was done, and can be undone."""
        ...

    @property
    def keys(self) -> Keys:
        """The keys as they are bound now."""
        ...

    def tell(self, error: Exception) -> None:
        """Say what went wrong."""
        ...

    def note(self, words: str) -> None:
        """Say something that stays until it is dismissed."""
        ...

    def unnote(self, words: str) -> None:
        """Say it no more."""
        ...

    def history_written(self) -> None:
        """The history takes what it is given: say no more that it does not, once that could be read."""
        ...

    def notify(self, words: str, *, warning: bool = False) -> None:
        """Say something for a few seconds."""
        ...

    def soon(self, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Do something in the background; what can't be done is told."""
        ...

    async def show(self, sheet: Screen[_Result], then: Callable[[_Result | None], None]) -> None:
        """Lay a sheet over the main screen; ``then`` gets what was chosen on it."""
        ...

    async def ask(self, sheet: Screen[_Result]) -> _Result | None:
        """Lay a sheet over the main screen. Returns what was chosen on it, None if nothing was."""
        ...

    async def copy(self, text: str) -> None:
        """Put ``text`` into the clipboard, and say how that went."""
        ...

    def did(self, words: str, undo: Undo, back: str, topic: object = None) -> None:
        """Something was done: say so, and how it is undone.

        Args:
            words: What was done.
            undo: Undoes it.
            back: What is said then.
            topic: What it was done to.
        """
        ...

    def say_done(self, words: str) -> None:
        """Say what was done, and which key undoes it."""
        ...

    def undoable(self, undo: Undo, back: str, topic: object = None) -> None:
        """The same for something that whoever asked for it sees.

        Args:
            undo: Undoes it.
            back: What is said then.
            topic: What it was done to.
        """
        ...

    async def undo(self) -> str:
        """Take back what was done last, wherever that was. Returns what is said then.

        Raises:
            SegueError: It can't be undone, or nothing is left.
        """
        ...

    async def change_settings(self, changes: Changes) -> None:
        """Write changes into the config, and work by it from now on.

        Raises:
            ConfigError: They make no sense, or can't be written.
        """
        ...

    def back_to_writing(self) -> None:
        """Give the composer the focus, at once."""
        ...

    def refresh(self) -> None:
        """Show what stands round the conversation as it is now."""
        ...


# -- what features do for each other
class Transcript(Protocol):
    """The messages of the conversation that is read, as they are drawn."""

    selected: int | None
    """The message that the keys act on."""
    contents: Callable[[Sequence[Attachment]], Awaitable[Sequence[Attachment]]] | None
    """Gives the contents of files."""
    load_picture: Callable[[str], Awaitable[Attachment]] | None
    """Loads the picture at an address."""

    @property
    def found(self) -> bool:
        """Whether there are hits of a search."""
        ...

    @property
    def numbered(self) -> int:
        """How many parts of the chosen message have a number, of which one is to be chosen."""
        ...

    @property
    def following(self) -> bool:
        """Whether the newest line is in view, and stays so."""
        ...

    async def save_newest(self, typed: str) -> bool:
        """Save the newest picture or block of code to a file. Returns whether there is any."""
        ...

    async def open(
        self,
        conversation: Conversation,
        load: Callable[[Sequence[int]], Awaitable[list[Message]]],
        at: int | None = None,
    ) -> None:
        """Show a conversation, at a message if one is given."""
        ...

    async def jump(self, message_id: int, needle: str = "") -> None:
        """Go to a message and mark words in it."""
        ...

    @property
    def offered(self) -> Mapping[str, Action]:
        """The actions that are offered under the last message while it is in view, by their keys."""
        ...

    @property
    def named_below(self) -> frozenset[Action]:
        """The actions whose keys stand under the chosen message."""
        ...

    def let_keys_work(self, *, at_once: bool) -> None:
        """The keys under the last message work at once, or only when it is chosen."""
        ...

    def follow(self) -> None:
        """Go to the newest line, and stay there."""
        ...

    def add(self, message: Message) -> None:
        """Show one more message."""
        ...

    def feed(self, message_id: int, text: str = "", reasoning: str = "") -> None:
        """A piece of a reply came."""
        ...

    def replace(self, message: Message) -> None:
        """Show a message as it is now."""
        ...

    def note(self, message_id: int, words: str) -> None:
        """Say what a reply does."""
        ...


class Reading(Protocol):
    """Which conversation is read."""

    @property
    def shown(self) -> bool:
        """Whether it is on the screen; False while another one is being opened."""
        ...

    async def open(self, service: ConversationService) -> None:
        """Show a conversation, with its draft; a reply in the one before goes on."""
        ...

    async def open_by_id(self, conversation_id: int, at: int | None = None, needle: str = "") -> None:
        """Open a stored conversation, at a message if one is given."""
        ...

    async def open_new(self) -> None:
        """Show a new conversation."""
        ...

    async def return_to(self, service: ConversationService) -> None:
        """Show a conversation in which something was undone."""
        ...

    async def reload(self, at: int | None = None) -> None:
        """Draw the conversation anew, after its path has changed."""
        ...

    async def change(self, words: str, back: str, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields of the conversation, so that undo takes it back.

        Args:
            words: What was done.
            back: What is said when it is undone.
            changes: Its fields.
        """
        ...

    async def alter(self, back: str, **changes: Unpack[ConversationChanges]) -> None:
        """The same, where whoever asks sees what was done.

        Args:
            back: What is said when it is undone.
            changes: Its fields.
        """
        ...

    async def follow_stored(self) -> None:
        """If the conversation was deleted or changed elsewhere, follow that."""
        ...

    def let_come(self, service: ConversationService, act: Act, draft: Draft | None = None) -> None:
        """Let a reply begin, and go to where it comes.

        Args:
            service: Where it comes.
            act: Begins it.
            draft: What goes back into the composer if it can't begin.
        """
        ...

    def when_quiet(self) -> None:
        """Refuse what would need a second reply at the same time.

        Raises:
            UsageError: A reply is coming.
        """
        ...


class Writing(Protocol):
    """What is written, and for what."""

    @property
    def written(self) -> Draft:
        """What stands in the composer."""
        ...

    @property
    def draft(self) -> Draft:
        """What is written for later: what stands in the composer, or what an edit has set aside."""
        ...

    @property
    def editing(self) -> int | None:
        """The prompt whose new version is being written."""
        ...

    @property
    def vim_mode(self) -> str | None:
        """What Vim's keys mean now, while they are the composer's."""
        ...

    @property
    def vim_following(self) -> Sequence[tuple[str, str]]:
        """Vim's keys that may follow those of a command that is not whole yet, and what they mean."""
        ...

    def send(self) -> None:
        """Send what is written, or do the command that it is."""
        ...

    def take(self) -> Draft:
        """Take what is written out of the composer."""
        ...

    def hand_on(self, event: TextualMessage) -> bool:
        """Let the composer have a key or a paste."""
        ...

    def begin_edit(self, prompt_id: int, draft: Draft) -> None:
        """Let the person write the new version of a prompt."""
        ...

    def take_edit(self, draft: Draft, model: str | None = None) -> Act | None:
        """What sends ``draft`` as the new version that is being written, to ``model``; None if none is."""
        ...

    def submit(self, draft: Draft) -> None:
        """Send a message, or the new version of one."""
        ...

    def send_early(self) -> None:
        """Send what was sent while there was no conversation to send it in."""
        ...

    def give_back_early(self) -> Draft:
        """Let what was sent early wait in the composer. Returns it."""
        ...

    def bring(self, draft: Draft) -> None:
        """Put a kept draft before what was written meanwhile."""
        ...

    def recall_soon(self) -> None:
        """Have the prompts of the conversation that is read at hand, before those of others."""
        ...

    def leave(self) -> None:
        """Another conversation comes: the composer is empty, and nothing is edited."""
        ...

    def changed(self) -> None:
        """The draft changed."""
        ...


class Status(Protocol):
    """How things stand: the lines round the conversation."""

    def count_soon(self) -> None:
        """Count the tokens of the conversation again."""
        ...

    def ended(self, message: Message, tokens: int) -> None:
        """Remember how the last reply of the conversation that is read ended."""
        ...

    def refresh_status(self) -> None:
        """Show what goes on."""
        ...

    def refresh_keys(self) -> None:
        """Show the keys that matter now."""
        ...


class Lists(Protocol):
    """The conversations that there are."""

    def list_soon(self) -> None:
        """Read the list beside the page again."""
        ...


class Elsewhere(Protocol):
    """What other programs do with the history."""

    @property
    def writes(self) -> bool:
        """Whether another program writes the reply at the end of what is read."""
        ...

    def follow_live(self) -> None:
        """If another program streams what is read now, read it as it grows."""
        ...


class FirstModel(Protocol):
    """The first model that a person chooses."""

    @property
    def needed(self) -> bool:
        """Whether nothing may be sent yet, as far as is known."""
        ...

    def settle(self) -> None:
        """The person has chosen who answers."""
        ...


class Models(Protocol):
    """Who answers."""

    def say_unusable(self) -> None:
        """Where the model of the conversation that is read can't answer now, say so, with one that can."""
        ...

    async def use_model(self, model_id: str) -> None:
        """Let a model answer from now on; what is written stays."""
        ...

    async def pick(self, message_id: int | None = None, typed: str = "") -> None:
        """Choose a model: for what comes, or to answer ``message_id`` again.

        Args:
            message_id: What is answered again.
            typed: What stands in the filter.
        """
        ...

    async def pick_first(self) -> str | None:
        """Let the person choose one model. Returns it, None if none was chosen."""
        ...

    async def connect(self, provider: str) -> bool:
        """Let the person give a provider what it misses. Returns whether it can be used."""
        ...

    async def pick_several(
        self, then: Callable[[Sequence[str]], Awaitable[None]], typed: str, marked: Sequence[str]
    ) -> None:
        """Choose models that answer side by side.

        Args:
            then: What is done with them.
            typed: What stands in the filter.
            marked: Models that are marked already.
        """
        ...


class Messages(Protocol):
    """What is done with messages."""

    def answer_again(self, message_id: int, model: str | None = None) -> None:
        """One more version of a reply, by ``model`` or by the one that answers now."""
        ...

    async def delete(self, ids: Sequence[int]) -> None:
        """Delete messages, so that undo brings them back.

        Raises:
            UsageError: One of them is still coming.
        """
        ...


class Comparing(Protocol):
    """Models that answer side by side."""

    @property
    def draft(self) -> Draft:
        """What is written, if it is a prompt that can be sent to several."""
        ...

    async def begin(self, models: Sequence[str], message_id: int | None = None) -> None:
        """Let models answer what is written, or a prompt again."""
        ...

    async def pick(self, message_id: int | None = None) -> None:
        """Let the person choose models to compare."""
        ...

    async def reopen(self, ids: Sequence[int]) -> None:
        """Lay replies side by side that are there already.

        Raises:
            UsageError: They don't answer the same prompt.
        """
        ...

    def leave(self) -> None:
        """Something else is shown: close, and keep all."""
        ...


class Asking(Protocol):
    """What models and servers ask the person."""

    @property
    def waiting(self) -> frozenset[int]:
        """The conversations in which a question waits, as ``key_of`` has them."""
        ...

    @property
    def shown(self) -> bool:
        """Whether a question lies over the conversation that is read."""
        ...

    def look(self) -> None:
        """Show the next question that may be shown where the person is now, and none elsewhere."""
        ...

    async def fill(self, form: Form) -> Answer:
        """Let the person fill in a form."""
        ...

    async def join(self, project: Project, about: str) -> bool | None:
        """Ask whether a project counts. None where that is left open.

        Args:
            project: What was found.
            about: How it stands with it.
        """
        ...


class Tools(Protocol):
    """What models may use."""

    async def turn(self) -> None:
        """Let the person turn tools on and off."""
        ...


# -- how a feature says which of these it needs
class WithAsking(Protocol):
    """Has what is asked."""

    @property
    def asking(self) -> Asking:
        """What models and servers ask the person."""
        ...


class WithTools(Protocol):
    """Has the tools."""

    @property
    def tools(self) -> Tools:
        """What models may use."""
        ...


class WithTranscript(Protocol):
    """Has the transcript."""

    @property
    def transcript(self) -> Transcript:
        """The messages of the conversation that is read."""
        ...


class WithReading(Protocol):
    """Has the conversation that is read."""

    @property
    def reading(self) -> Reading:
        """Which conversation is read."""
        ...


class WithWriting(Protocol):
    """Has what is written."""

    @property
    def writing(self) -> Writing:
        """What is written."""
        ...


class WithStatus(Protocol):
    """Has the lines round the conversation."""

    @property
    def status(self) -> Status:
        """How things stand."""
        ...


class WithLists(Protocol):
    """Has the lists of conversations."""

    @property
    def lists(self) -> Lists:
        """The conversations that there are."""
        ...


class WithElsewhere(Protocol):
    """Hears of other programs."""

    @property
    def elsewhere(self) -> Elsewhere:
        """What other programs do with the history."""
        ...


class WithFirstModel(Protocol):
    """Has the first model."""

    @property
    def first_model(self) -> FirstModel:
        """The first model that a person chooses."""
        ...


class WithModels(Protocol):
    """Has the models."""

    @property
    def models(self) -> Models:
        """Who answers."""
        ...


class WithMessages(Protocol):
    """Has what is done with messages."""

    @property
    def messages(self) -> Messages:
        """What is done with messages."""
        ...


class WithComparing(Protocol):
    """Has the comparison."""

    @property
    def comparing(self) -> Comparing:
        """Models that answer side by side."""
        ...


# -- what the main screen asks of the app
class Program(Protocol):
    """The program round the screens."""

    config: Config
    options: StartOptions
    workspace: Workspace | None
    chosen_theme: str
    """A theme, or that of the terminal."""
    outside: Outside
    """What is shown of the program outside its page."""
    touched: float
    """When the person did something last, on a monotonic clock."""
    app_focus: bool
    """Whether the terminal has the focus, as far as it tells."""

    @property
    def is_running(self) -> bool:
        """Whether it has begun and not ended."""
        ...

    @property
    def keys(self) -> Keys:
        """The keys as they are bound now."""
        ...

    @property
    def open_workspace(self) -> Callable[[], Awaitable[Workspace]]:
        """Opens history and providers."""
        ...

    def setting_problems(self) -> list[SegueError]:
        """Everything that is wrong in the settings."""
        ...

    async def take_early_keys(self) -> None:
        """Take what was typed before there was a composer."""
        ...

    async def copy(self, text: str) -> None:
        """Put ``text`` into the clipboard, and say how that went."""
        ...

    async def change_settings(self, changes: Changes) -> None:
        """Write changes into the config, and work by it from now on.

        Raises:
            ConfigError: They make no sense, or can't be written.
        """
        ...

    async def reread_settings(self) -> None:
        """Work by what the config says now, if somebody has written it since."""
        ...

    async def choose_theme(self, name: str) -> None:
        """Use a theme, from now on and in later runs."""
        ...

    def use_theme(self, name: str) -> None:
        """Show a theme."""
        ...

    async def recall_theme(self) -> None:
        """Use the theme that was chosen in an earlier run."""
        ...

    def redraw(self) -> None:
        """Draw the whole screen anew."""
        ...

    def suspend_program(self) -> None:
        """Stop until the shell lets the program go on.

        Raises:
            UsageError: The system or the terminal has no such thing.
        """
        ...

    def leave_soon(self, code: int) -> None:
        """End in the background."""
        ...

    def fault(self, error: Exception) -> None:
        """Our own code has failed: end, with a report."""
        ...
