"""The actions: what a key can do, one row each. Keys, hints, help, ``[keys]`` and the README come from here.

No other text names a key: it names an action, and ``tui.app.keymap`` knows the key that it has now.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Self

NO_KEY = "no_key"
"""What no terminal reports; the person may set a key in its place."""


class Scope(Enum):
    """Where a person is when an action's key works; the value is the heading in the help."""

    EVERYWHERE = "Everywhere"
    WRITING = "Writing"
    MESSAGE = "A chosen message"
    FIND = "Find"
    SIDEBAR = "Sidebar"
    LIST = "In every list"
    PICKER = "Choosing a model"
    COMPARE = "Comparing models"
    CONVERSATIONS = "All conversations"
    TITLE = "Renaming a conversation"
    TREE = "The tree of a conversation"
    DIFFERENCES = "How two replies differ"
    TIMELINE = "Your prompts"
    LINE = "One line to type"
    FILE = "The name of a file"
    PIPE = "A command for a block of code"
    LINK = "A link"
    PICTURE = "A picture"
    HELP = "This list"
    FIRST_RUN = "The first screen"
    CONNECT = "Connecting a provider"
    PROVIDERS = "All providers"
    SERVER = "Another server"
    PALETTE = "All commands"
    THEMES = "All themes"
    APPROVAL = "A tool that asks"
    FORM = "A server that asks"
    OPTIONS = "One of several answers"
    VISIT = "An address that a server wants to be opened"
    TOOLS = "Tools"
    SERVERS = "Servers"
    SETTINGS = "Settings"
    FILL = "A prompt with variables"
    OPTIONS_SHEET = "This conversation"
    VALUES = "What a setting can be"
    KEYS = "A key for an action"
    PROJECT = "A project that is found"
    MOVING = "A history that is on a server now"


class Action(StrEnum):
    """What a key can do. The value is the name that stands in ``[keys]``."""

    keys: str
    """The default keys, with commas between them."""
    words: str
    """What it does, in a word or two."""
    help: str
    """What it does, in a sentence."""
    scope: Scope

    def __new__(cls, name: str, keys: str, words: str, help: str, scope: Scope) -> Self:  # noqa: A002
        """Make a row of the table."""
        action = str.__new__(cls, name)
        action._value_ = name
        action.keys, action.words, action.help, action.scope = keys, words, help, scope
        return action

    # fmt: off
    QUIT = "quit", "ctrl+q", "quit", "Keep what is coming, and quit", Scope.EVERYWHERE
    PALETTE = "palette", "ctrl+p", "commands", "Find a command", Scope.EVERYWHERE
    HELP = "help", "f1", "keys", "All keys and commands", Scope.EVERYWHERE
    REDRAW = ("redraw", "f12,ctrl+shift+l", "redraw",
              "Draw the screen anew, if another program wrote on it", Scope.EVERYWHERE)
    SUSPEND = ("suspend", NO_KEY, "suspend", "Stop until the shell's fg; it has a key if you give it one",
               Scope.EVERYWHERE)

    SEND = "send", "enter", "send", "Send the message; in a sheet, keep the text", Scope.WRITING
    NEWLINE = "newline", "shift+enter,alt+enter,ctrl+j", "new line", "Begin a new line", Scope.WRITING
    OLDER = "older", "up", "earlier prompt", "Recall an earlier prompt while it is empty", Scope.WRITING
    NEWER = "newer", "down", "later prompt", "Back to the later prompt", Scope.WRITING
    COMPLETE = ("complete", "tab", "complete",
                "Complete the command, the path or the model; open a folded paste", Scope.WRITING)
    MENU_UP = "menu-up", "up", "choose", "While something is offered: the row above", Scope.WRITING
    MENU_DOWN = "menu-down", "down", "choose", "While something is offered: the row below", Scope.WRITING
    MENU_CLOSE = "menu-close", "escape", "close", "While something is offered: do without", Scope.WRITING
    DELETE_LEFT = ("delete-left", "backspace", "delete",
                   "Delete; where there is no text, take away the last file", Scope.WRITING)
    PASTE = ("paste", "ctrl+v", "paste",
             "Attach the image in the clipboard, or insert its text", Scope.WRITING)
    STOP = ("stop", "escape", "stop",
            "Stop the reply and keep its text; otherwise close what is open", Scope.WRITING)
    INTERRUPT = ("interrupt", "ctrl+c", "copy",
                 "Copy what is selected, or stop, or clear the draft; twice: quit", Scope.WRITING)
    MODEL = "model", "ctrl+l", "model", "Choose a model", Scope.WRITING
    NEW = "new", "ctrl+n", "new", "A new conversation", Scope.WRITING
    CONVERSATIONS = "conversations", "ctrl+r", "all", "All conversations", Scope.WRITING
    FIND = "find", "ctrl+f", "find", "Find in this conversation", Scope.WRITING
    TIMELINE = "timeline", "ctrl+t", "prompts", "Your prompts here", Scope.WRITING
    SIDEBAR = "sidebar", "ctrl+b,f9", "sidebar", "Show or hide the sidebar", Scope.WRITING
    MESSAGE_UP = "message-up", "alt+up", "messages", "Walk up the messages", Scope.WRITING
    MESSAGE_DOWN = "message-down", "alt+down", "messages", "Walk down the messages", Scope.WRITING
    NEWEST = "newest", "ctrl+end", "newest", "Go to the newest line", Scope.WRITING
    OPTIONS = ("options", "ctrl+o", "this chat",
               "How this conversation is answered: model, persona, parameters, tools", Scope.WRITING)
    NEXT_MODEL = "next-model", "alt+m", "next model", "The next of the models used lately", Scope.WRITING
    NEXT_EFFORT = "next-effort", "alt+e", "effort", "Another reasoning effort", Scope.WRITING
    SETTINGS = "settings", "ctrl+comma,f10", "settings", "All settings and keys, changed here", Scope.WRITING
    EDITOR = "editor", "ctrl+g", "editor", "Write in $VISUAL or $EDITOR", Scope.WRITING
    UNDO = "undo", "ctrl+z", "undo", "Take back what was done last", Scope.WRITING

    LINE_UP = "message-line-up", "up,k", "walk", "The message above, or scroll", Scope.MESSAGE
    LINE_DOWN = "message-line-down", "down,j", "walk", "The message below, or scroll", Scope.MESSAGE
    MESSAGE_COPY = "message-copy", "y", "copy", "Copy the message, or the selected lines", Scope.MESSAGE
    MESSAGE_CODE = "message-code", "c", "copy code", "Copy a block of code", Scope.MESSAGE
    MESSAGE_SAVE = "message-save", "w", "save", "Save a block of code or a picture to a file", Scope.MESSAGE
    MESSAGE_PIPE = ("message-pipe", "vertical_line", "pipe",
                    "Give a block of code to a command, which is shown before it runs", Scope.MESSAGE)
    MESSAGE_LINK = ("message-link", "o", "open",
                    "See where a link leads, a picture alone, or the source of what is drawn", Scope.MESSAGE)
    MESSAGE_OUTSIDE = ("message-outside", "O", "open outside",
                       "Open a picture with the system's program", Scope.MESSAGE)
    MESSAGE_EDIT = "message-edit", "e", "edit", "Write the prompt anew", Scope.MESSAGE
    MESSAGE_RETRY = "message-retry", "r", "again", "Answer once more", Scope.MESSAGE
    MESSAGE_RESUME = "message-resume", "g", "go on", "Let a cut reply go on", Scope.MESSAGE
    MESSAGE_MODEL = "message-model", "m", "other model", "Let another model answer", Scope.MESSAGE
    MESSAGE_COMPARE = ("message-compare", "plus", "compare",
                       "Let other models answer beside this reply", Scope.MESSAGE)
    VERSION_PREVIOUS = "version-previous", "left", "version", "Version before", Scope.MESSAGE
    VERSION_NEXT = "version-next", "right", "version", "Version after", Scope.MESSAGE
    MESSAGE_BRANCH = "message-branch", "b", "branch", "A conversation up to here", Scope.MESSAGE
    MESSAGE_PIN = "pin-message", "p", "pin", "Keep it in every request, or not", Scope.MESSAGE
    MESSAGE_SUM = "message-sum", "s", "sum up", "Sum up first, then ask again", Scope.MESSAGE
    MESSAGE_DELETE = "message-delete", "d", "delete", "Delete the message", Scope.MESSAGE
    MESSAGE_DELETE_BELOW = ("message-delete-below", "D", "delete from here",
                            "Delete it and all that follows", Scope.MESSAGE)
    MESSAGE_FOLD = ("message-fold", "enter,space", "fold",
                    "Open or close the reasoning; show all", Scope.MESSAGE)
    MESSAGE_LINES = ("message-lines", "v", "select lines",
                     "Select lines; the keys that walk take more of them", Scope.MESSAGE)
    HIT_NEXT = "find-next", "n", "next hit", "Go to the next hit", Scope.MESSAGE
    HIT_PREVIOUS = "find-previous", "N", "hit before", "Go to the hit before", Scope.MESSAGE
    MESSAGE_LEAVE = "message-leave", "escape", "back to writing", "Back to the composer", Scope.MESSAGE

    FIND_BAR_NEXT = "find-bar-next", "enter,down", "next", "Go to the next hit", Scope.FIND
    FIND_BAR_PREVIOUS = "find-bar-previous", "up,shift+enter", "before", "Go to the hit before", Scope.FIND
    FIND_BAR_PAGE_UP = "find-bar-page-up", "pageup", "page up", "A screen up", Scope.FIND
    FIND_BAR_PAGE_DOWN = "find-bar-page-down", "pagedown", "page down", "A screen down", Scope.FIND
    FIND_BAR_CLOSE = "find-bar-close", "escape", "close", "Take the marks away", Scope.FIND

    SIDEBAR_UP = "sidebar-up", "up", "up", "The conversation above", Scope.SIDEBAR
    SIDEBAR_DOWN = "sidebar-down", "down", "down", "The conversation below", Scope.SIDEBAR
    SIDEBAR_OPEN = "sidebar-open", "enter", "open", "Open the chosen conversation", Scope.SIDEBAR
    SIDEBAR_LEAVE = "sidebar-leave", "escape", "back", "Back to writing", Scope.SIDEBAR

    LIST_CLOSE = "list-close", "escape", "close", "Close without choosing", Scope.LIST
    LIST_UP = "list-up", "up", "up", "The row above", Scope.LIST
    LIST_DOWN = "list-down", "down", "down", "The row below", Scope.LIST
    LIST_PAGE_UP = "list-page-up", "pageup", "page up", "A screen up", Scope.LIST
    LIST_PAGE_DOWN = "list-page-down", "pagedown", "page down", "A screen down", Scope.LIST
    LIST_FIRST = "list-first", "home,ctrl+home", "first", "The first row", Scope.LIST
    LIST_LAST = "list-last", "end,ctrl+end", "last", "The last row", Scope.LIST

    PICKER_USE = "picker-use", "enter", "use", "Use this model from now on", Scope.PICKER
    PICKER_AGAIN = ("picker-again", "alt+enter", "answer again",
                    "Answer the last prompt again with this model", Scope.PICKER)
    PICKER_MARK = ("picker-mark", "tab", "compare",
                   "Mark this model, or not: marked ones answer side by side", Scope.PICKER)
    PICKER_FAVOURITE = ("picker-favourite", "ctrl+s", "favourite",
                        "Keep this model among the favourites, or take it out", Scope.PICKER)

    COMPARE_PREVIOUS = "compare-previous", "left", "choose", "Choose the reply before", Scope.COMPARE
    COMPARE_NEXT = "compare-next", "right", "choose", "Choose the next reply", Scope.COMPARE
    COMPARE_GO_ON = ("compare-go-on", "enter", "go on with this one",
                     "Go on with the chosen reply and its model; others that still come are stopped",
                     Scope.COMPARE)
    COMPARE_KEEP = ("compare-keep", "k", "keep both",
                    "Show the chosen reply, let the others come; all stay as versions", Scope.COMPARE)
    COMPARE_ADD = ("compare-add", "plus", "add a model",
                   "Let one more model answer beside these", Scope.COMPARE)
    COMPARE_COPY = "compare-copy", "y", "copy", "Copy the chosen reply", Scope.COMPARE
    COMPARE_AGAIN = "compare-again", "r", "retry", "Let its model answer once more", Scope.COMPARE
    COMPARE_WORDS = ("compare-words", "d", "differences",
                     "Show word by word how the chosen reply differs from another", Scope.COMPARE)
    COMPARE_MERGE = ("compare-merge", "j", "join",
                     "Let a model write one reply from all, which names whose each part is", Scope.COMPARE)
    COMPARE_FOLD = "compare-fold", "space", "thinking", "Show the thinking, or hide it", Scope.COMPARE
    COMPARE_UP = "compare-up", "up", "scroll", "Scroll up", Scope.COMPARE
    COMPARE_DOWN = "compare-down", "down", "scroll", "Scroll down", Scope.COMPARE
    COMPARE_PAGE_UP = "compare-page-up", "pageup", "scroll", "A page up", Scope.COMPARE
    COMPARE_PAGE_DOWN = "compare-page-down", "pagedown", "scroll", "A page down", Scope.COMPARE
    COMPARE_BEGIN = "compare-begin", "home", "begin", "To its begin", Scope.COMPARE
    COMPARE_END = "compare-end", "end", "end", "To its end, and follow", Scope.COMPARE
    COMPARE_INTERRUPT = ("compare-interrupt", "ctrl+c", "copy",
                         "Copy what is selected, or stop", Scope.COMPARE)
    COMPARE_CLOSE = ("compare-close", "escape", "close",
                     "Stop the chosen reply; else show again what was shown before", Scope.COMPARE)

    CONVERSATIONS_OPEN = ("conversations-open", "enter", "open",
                          "Open; a hit opens at its message", Scope.CONVERSATIONS)
    CONVERSATIONS_SWITCH = ("conversations-switch", "tab", "full text",
                            "Switch between titles and the text of all messages", Scope.CONVERSATIONS)
    CONVERSATIONS_RENAME = "conversations-rename", "f2", "rename", "Change the title", Scope.CONVERSATIONS
    CONVERSATIONS_DELETE = ("conversations-delete", "ctrl+d,delete", "delete",
                            "Move to the trash", Scope.CONVERSATIONS)
    CONVERSATIONS_UNDO = ("conversations-undo", "ctrl+z", "undo",
                          "Take back what was done last", Scope.CONVERSATIONS)
    CONVERSATIONS_PIN = ("conversations-pin", "f3", "pin",
                         "Keep on top of the list, or not", Scope.CONVERSATIONS)
    CONVERSATIONS_TAG = "conversations-tag", "f4", "tags", "Change the tags", Scope.CONVERSATIONS
    CONVERSATIONS_ARCHIVE = ("conversations-archive", "f5", "archive",
                             "Archive, or take back", Scope.CONVERSATIONS)
    CONVERSATIONS_VIEW = ("conversations-view", "f6", "archive and trash",
                          "The project's, archive, trash, list", Scope.CONVERSATIONS)
    TITLE_KEEP = "title-keep", "enter", "keep", "Keep this title", Scope.TITLE
    TITLE_DROP = "title-drop", "escape", "back", "Leave the title as it was", Scope.TITLE
    TIMELINE_GO = "timeline-go", "enter", "go there", "Go to this prompt", Scope.TIMELINE
    TIMELINE_CLOSE = "timeline-close", "ctrl+t", "close", "Close this list", Scope.TIMELINE

    OTHER_PREVIOUS = "other-previous", "left", "other reply", "With the reply before", Scope.DIFFERENCES
    OTHER_NEXT = "other-next", "right", "other reply", "With the next reply", Scope.DIFFERENCES

    TREE_GO = "tree-go", "enter", "go there", "Go to this message, or compare the marked replies", Scope.TREE
    TREE_MARK = "tree-mark", "tab", "mark", "Mark this reply to be compared, or not", Scope.TREE
    TREE_LABEL = "tree-label", "f2", "label", "Say what this message is called here", Scope.TREE
    TREE_PRUNE = "tree-prune", "ctrl+d,delete", "delete from here", "Delete it and all below it", Scope.TREE
    TREE_UNDO = "tree-undo", "ctrl+z", "undo", "Take back what was done last", Scope.TREE

    LINE_KEEP = "line-keep", "enter", "keep", "Take this line", Scope.LINE
    FILE_SAVE = "file-save", "enter", "save", "Save under this name", Scope.FILE
    PIPE_SHOW = "pipe-show", "enter", "see what would run", "See what would run", Scope.PIPE
    PIPE_OTHER = "pipe-other", "tab,shift+tab", "other field", "To the other field", Scope.PIPE
    PIPE_RUN = "pipe-run", "y", "run it", "Run just what is shown", Scope.PIPE
    PIPE_TAKE = "pipe-take", "enter", "into the prompt", "Write its output into the prompt", Scope.PIPE
    LINK_OPEN = "link-open", "enter", "open", "Open the link in the browser", Scope.LINK
    PICTURE_SAVE = "picture-save", "w", "save", "Save the picture to a file", Scope.PICTURE
    PICTURE_PIXELS = ("picture-pixels", "p", "by pixels",
                      "See the picture by its pixels, where the terminal can draw them", Scope.PICTURE)
    PICTURE_OPEN = ("picture-open", "O", "open outside",
                    "Open the picture with the system's program", Scope.PICTURE)
    LINK_COPY = "link-copy", "y", "copy", "Copy the address", Scope.LINK
    LINK_LOAD = ("link-load", "l", "load picture",
                 "Load the picture at this address, from the host that is named", Scope.LINK)
    MOVE_COPY = "move-copy", "enter", "copy them", "Copy what is here to the server", Scope.MOVING
    HELP_CLOSE = "help-close", "enter,f1", "close", "Close this list", Scope.HELP
    FIRST_BEGIN = "first-begin", "enter", "begin", "Begin with this", Scope.FIRST_RUN
    CONNECT_TRY = "connect-try", "enter", "try it", "Keep the key and try it", Scope.CONNECT
    PROVIDERS_CONNECT = "providers-connect", "enter", "connect", "Connect this provider", Scope.PROVIDERS
    SERVER_TRY = "server-try", "enter", "try it", "Try the server, and keep it if it answers", Scope.SERVER
    SERVER_NEXT = "server-next", "tab,down", "next field", "The next field", Scope.SERVER
    SERVER_PREVIOUS = "server-previous", "shift+tab,up", "field before", "The field before", Scope.SERVER
    PALETTE_RUN = "palette-run", "enter", "do it", "Do this", Scope.PALETTE
    THEME_USE = "theme-use", "enter", "use", "Use this theme from now on", Scope.THEMES

    APPROVE_ONCE = "approve-once", "y", "once", "Let the tool do this, this time", Scope.APPROVAL
    APPROVE_HERE = ("approve-here", "c", "this chat",
                    "Let the tool be used in this conversation", Scope.APPROVAL)
    APPROVE_ALWAYS = ("approve-always", "a", "always",
                      "Let the tool be used everywhere, as long as it stays as it is", Scope.APPROVAL)
    APPROVE_NO = "approve-no", "n,enter", "no", "Don't let it, and let the reply go on", Scope.APPROVAL
    APPROVE_STOP = "approve-stop", "N", "no, stop", "Don't let it, and stop the reply", Scope.APPROVAL
    APPROVE_WHOLE = "approve-whole", "v", "show all", "Show all of the arguments", Scope.APPROVAL

    FORM_CHANGE = "form-change", "enter", "change", "Change the chosen field", Scope.FORM
    FORM_SEND = "form-send", "s", "send", "Send the form to the server", Scope.FORM
    FORM_DECLINE = "form-decline", "d", "decline", "Tell the server that you don't answer", Scope.FORM
    OPTION_TAKE = "option-take", "enter", "choose", "Choose this, or not", Scope.OPTIONS
    VISIT_OPEN = "visit-open", "o", "open", "Open the address in the browser", Scope.VISIT
    VISIT_COPY = "visit-copy", "y", "copy", "Copy the address, to open it elsewhere", Scope.VISIT
    VISIT_DECLINE = "visit-decline", "d", "decline", "Tell the server that you don't open it", Scope.VISIT

    PROJECT_USE = ("project-use", "y", "use it",
                   "Let conversations that you begin here be as the project says", Scope.PROJECT)
    PROJECT_LEAVE = ("project-leave", "n", "don't use it",
                     "Don't use the project, and be asked again when its file changes", Scope.PROJECT)

    TOOL_TURN = "tool-turn", "enter", "on or off", "Turn the tool on or off; ask again", Scope.TOOLS
    SERVER_RESTART = "server-restart", "r", "restart", "End the server and start it anew", Scope.SERVERS
    SERVER_SIGN_IN = "server-sign-in", "s", "sign in", "Sign in to the server", Scope.SERVERS
    SETTING_CHANGE = "setting-change", "enter", "change", "Change this setting", Scope.SETTINGS
    SETTING_DEFAULT = ("setting-default", "ctrl+d,delete", "default",
                       "Take it out of the file: the default counts again", Scope.SETTINGS)
    OPTIONS_CHANGE = "options-change", "enter", "change", "Change this", Scope.OPTIONS_SHEET
    OPTIONS_CLEAR = ("options-clear", "ctrl+d,delete", "take away",
                     "Take away what you have set", Scope.OPTIONS_SHEET)
    OPTIONS_UNDO = "options-undo", "ctrl+z", "undo", "Take back what was done last", Scope.OPTIONS_SHEET
    FILL_SEND = "fill-send", "enter", "send", "Send the prompt, or go to what is missing", Scope.FILL
    FILL_NEXT = "fill-next", "tab,down", "next field", "The next field", Scope.FILL
    FILL_PREVIOUS = "fill-previous", "shift+tab,up", "field before", "The field before", Scope.FILL
    VALUE_USE = "value-use", "enter", "use", "Use this one", Scope.VALUES
    KEY_KEEP = "key-keep", "enter", "keep", "Keep this key", Scope.KEYS
    KEY_ANEW = "key-anew", "backspace", "another", "Press another key", Scope.KEYS
    KEY_ALSO = "key-also", "plus", "one more", "Press one more key that does the same", Scope.KEYS
    KEY_THEN = "key-then", "space", "then", "Press a key that follows it", Scope.KEYS
    KEY_NONE = "key-none", "delete", "no key", "It has no key", Scope.KEYS
    # fmt: on


SCROLLING = (
    ("page up, page down", "Scroll the conversation by a screen"),
    ("home, end", "Its beginning and its end, where the caret can't go further"),
    ("wheel", "Scroll by lines"),
)
"""What a text field and a terminal do by themselves, with keys that can't be set."""
SHOWN_TOGETHER = {
    Action.LINE_UP: Action.LINE_DOWN,
    Action.LIST_UP: Action.LIST_DOWN,
    Action.SIDEBAR_UP: Action.SIDEBAR_DOWN,
    Action.VERSION_PREVIOUS: Action.VERSION_NEXT,
    Action.COMPARE_PREVIOUS: Action.COMPARE_NEXT,
    Action.OTHER_PREVIOUS: Action.OTHER_NEXT,
}
"""Actions that go one way and the other: one hint names both keys."""
BEHIND = frozenset({Scope.EVERYWHERE, Scope.WRITING})
"""Where the keys of the main screen work."""
BESIDE_A_QUESTION = (
    Action.MODEL,
    Action.NEW,
    Action.CONVERSATIONS,
    Action.FIND,
    Action.TIMELINE,
    Action.SIDEBAR,
    Action.SETTINGS,
    Action.MESSAGE_UP,
    Action.MESSAGE_DOWN,
)
"""What can be done while a question waits for its answer: all that leads elsewhere."""
_QUESTIONS = frozenset({Scope.APPROVAL, Scope.FORM, Scope.VISIT, Scope.PROJECT})
_ON_THE_MAIN_SCREEN = frozenset({Scope.MESSAGE, Scope.FIND, Scope.SIDEBAR})
_WITHOUT_A_LIST = frozenset({Scope.COMPARE, Scope.TITLE})


def at_once() -> list[list[Action]]:
    """Actions whose keys work at the same time, one group for each place where a person can be."""
    main = [_of(*BEHIND, part) for part in Scope if part in _ON_THE_MAIN_SCREEN]
    others = [_of(Scope.EVERYWHERE, part) for part in Scope if part in _WITHOUT_A_LIST]
    sheets = [
        [*_of(Scope.EVERYWHERE, Scope.LIST, part), *(BESIDE_A_QUESTION if part in _QUESTIONS else ())]
        for part in Scope
        if part not in BEHIND | _ON_THE_MAIN_SCREEN | _WITHOUT_A_LIST
    ]
    first_run = [*_of(Scope.EVERYWHERE, Scope.LIST, Scope.FIRST_RUN), Action.MODEL]
    text = [*_of(Scope.EVERYWHERE, Scope.LIST), Action.SEND, Action.NEWLINE, Action.EDITOR]
    return [*main, *others, *sheets, first_run, text]


def _of(*scopes: Scope) -> list[Action]:
    return [action for action in Action if action.scope in scopes]
