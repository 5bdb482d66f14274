// The terminal of a visitor: keys, mouse, clipboard, links and size. Nothing comes from anywhere but this server.
"use strict";

(() => {
  const ENDED = 4000, FULL = 4001, FAILED = 4002;
  const SEEN_EVERY = 8; // pieces; the server waits when 64 of them were not seen
  const KEYS = { escape: "\x1b", tab: "\t", up: "\x1b[A", down: "\x1b[B" };
  // Keys that a terminal can't tell from others; they are said by their code, as Segue reads it.
  const CODES = { Enter: 13, Tab: 9, Backspace: 127, Escape: 27, " ": 32 };
  // With Ctrl and Shift these are the browser's own.
  const OF_THE_BROWSER = "ACIJKNPRTVW";
  const DARK = { background: "#14161a", foreground: "#d8dadf", cursor: "#e8a45c" };
  const LIGHT = { background: "#faf8f4", foreground: "#2b2d33", cursor: "#a8590f" };
  const SAFE = ["http:", "https:", "mailto:"];

  const at = (id) => document.getElementById(id);
  const encode = new TextEncoder();

  // -- what is said below the terminal
  function tell(words, { act = "", does = null, link = "" } = {}) {
    at("words").textContent = words;
    at("act").textContent = act;
    at("act").hidden = !act;
    at("act").onclick = does;
    at("link").hidden = !link;
    at("link").textContent = link;
    if (link) at("link").href = link;
    else at("link").removeAttribute("href");
    at("notice").hidden = false;
  }

  function hush() {
    at("notice").hidden = true;
    if (terminal) terminal.focus();
  }

  let terminal = null;
  at("away").onclick = hush;
  if (typeof Terminal === "undefined") {
    tell("The terminal of this page could not be loaded.", { act: "Again", does: () => location.reload() });
    return;
  }

  const light = matchMedia("(prefers-color-scheme: light)");
  terminal = new Terminal({
    allowProposedApi: true,
    scrollback: 0,
    fontSize: 15,
    fontFamily: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
    theme: light.matches ? LIGHT : DARK,
    linkHandler: { activate: follow, allowNonHttpProtocols: true },
  });
  light.addEventListener("change", () => { terminal.options.theme = light.matches ? LIGHT : DARK; });
  const fit = new FitAddon.FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new Unicode11Addon.Unicode11Addon());
  terminal.unicode.activeVersion = "11";
  terminal.loadAddon(new WebLinksAddon.WebLinksAddon(follow));
  terminal.open(at("terminal"));
  terminal.onTitleChange((title) => { document.title = title || "Segue"; });

  // -- the page goes on in the tone that the program draws
  let ground = -1;
  function tone() {
    const cell = terminal.buffer.active.getLine(terminal.rows - 1)?.getCell(terminal.cols - 1);
    if (!cell?.isBgRGB() || cell.getBgColor() === ground) return;
    ground = cell.getBgColor();
    const [red, green, blue] = [ground >> 16, (ground >> 8) & 255, ground & 255];
    const dark = 0.3 * red + 0.59 * green + 0.11 * blue < 128;
    document.documentElement.style.setProperty("--ground", `rgb(${red} ${green} ${blue})`);
    document.documentElement.dataset.tone = dark ? "dark" : "light";
  }
  terminal.onRender(tone);

  // -- links: shown in full, opened by the person
  function follow(event, address) {
    if (event.ctrlKey || event.metaKey || matchMedia("(pointer: coarse)").matches) offer(address);
  }

  function offer(address) {
    let url;
    try {
      url = new URL(address);
    } catch {
      return;
    }
    if (SAFE.includes(url.protocol)) tell("Open", { link: url.href });
  }
  at("link").addEventListener("click", hush);

  // -- clipboard: only out, and only what the program says that it copied
  terminal.parser.registerOscHandler(52, (data) => {
    const text = data.slice(data.indexOf(";") + 1);
    if (text !== "?") {
      try {
        copy(new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))));
      } catch {
        return true; // no text in base 64
      }
    }
    return true;
  });

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!copiedByHand(text)) {
        const does = () => { if (copiedByHand(text)) hush(); };
        tell("The browser wants a click before it copies.", { act: "Copy", does });
      }
    }
  }

  // Where a page is not served over https, browsers know only this way.
  function copiedByHand(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    terminal.focus();
    return done;
  }

  // -- the visit
  const socket = new WebSocket(new URL("ws", location.href.replace(/^http/, "ws").replace(/[?#].*/, "")));
  socket.binaryType = "arraybuffer";
  let seen = 0;

  function say(order) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(order));
  }

  function press(keys) {
    if (socket.readyState === WebSocket.OPEN) socket.send(encode.encode(keys));
  }

  socket.onopen = () => {
    fit.fit();
    say({ size: [terminal.cols, terminal.rows] });
    terminal.onResize(({ cols, rows }) => say({ size: [cols, rows] }));
    terminal.focus();
  };

  socket.onmessage = ({ data }) => {
    terminal.write(new Uint8Array(data), () => {
      seen += 1;
      if (seen >= SEEN_EVERY) {
        say({ seen });
        seen = 0;
      }
    });
  };

  socket.onclose = ({ code }) => {
    const again = { act: "Begin again", does: () => location.reload() };
    if (code === ENDED) tell("Segue has ended.", again);
    else if (code === FULL) tell("Eight visitors are here already: close one of them.", again);
    else if (code === FAILED) tell("Segue could not be started on its machine.", again);
    else tell("The connection is lost. What had come is stored.", again);
    at("away").hidden = true;
    at("act").focus();
  };

  // -- keys
  let ctrl = false;

  function hold(on) {
    ctrl = on;
    at("ctrl").setAttribute("aria-pressed", String(on));
  }

  function typed(text) {
    if (ctrl && text.length === 1) {
      hold(false);
      const letter = text.toUpperCase().charCodeAt(0);
      if (letter >= 0x40 && letter <= 0x5f) return String.fromCharCode(letter & 0x1f);
    }
    return text;
  }

  terminal.onData((text) => press(typed(text)));
  terminal.onBinary((bytes) => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
    }
  });

  function coded(event) {
    const modifiers = 1 + event.shiftKey + 2 * event.altKey + 4 * event.ctrlKey;
    if (event.metaKey || event.isComposing || modifiers === 1) return "";
    const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const lettered = plain >= "a" && plain <= "z" && plain.length === 1;
    let code = 0;
    if (plain === "Enter" || plain === "Escape") code = CODES[plain];
    else if (!event.ctrlKey || event.altKey) return ""; // with both, keyboards write what they have no key for
    else if (plain in CODES) code = CODES[plain];
    else if (lettered && event.shiftKey && !OF_THE_BROWSER.includes(plain.toUpperCase())) code = plain.charCodeAt(0);
    else if (plain.length === 1 && ",.;'=-+/".includes(plain)) code = plain.charCodeAt(0);
    return code ? `\x1b[${code};${modifiers}u` : "";
  }

  terminal.attachCustomKeyEventHandler((event) => {
    // The browser's own paste brings the text of this machine; the program would look at that of its own.
    const letter = event.ctrlKey && !event.altKey ? event.key.toLowerCase() : "";
    if (letter === "v") return false;
    if (letter === "c" && event.shiftKey) {
      event.preventDefault();
      if (event.type === "keydown" && terminal.hasSelection()) copy(terminal.getSelection());
      return false;
    }
    const keys = coded(event);
    if (!keys) return true;
    event.preventDefault();
    if (event.type === "keydown") press(keys);
    return false;
  });

  at("keys").addEventListener("mousedown", (event) => event.preventDefault()); // the keyboard stays open
  at("keys").addEventListener("click", ({ target }) => {
    if (target.id === "ctrl") hold(!ctrl);
    else if (target.dataset.keys) press(KEYS[target.dataset.keys]);
    terminal.focus();
  });

  // -- a finger that moves turns the wheel
  let finger = null;
  const page = at("terminal");
  page.addEventListener("touchstart", ({ touches }) => {
    finger = touches.length === 1 ? touches[0].clientY : null;
  }, { passive: true });
  page.addEventListener("touchmove", (event) => {
    if (finger === null || event.touches.length !== 1) return;
    event.preventDefault();
    const { clientX, clientY } = event.touches[0];
    const row = page.clientHeight / terminal.rows;
    if (Math.abs(finger - clientY) < row) return;
    const turn = { deltaY: finger - clientY, clientX, clientY, bubbles: true, cancelable: true };
    finger = clientY;
    terminal.element.querySelector(".xterm-screen").dispatchEvent(new WheelEvent("wheel", turn));
  }, { passive: false });

  // -- size
  let waits = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(waits);
    waits = requestAnimationFrame(() => fit.fit());
  }).observe(page);
  if (window.visualViewport) {
    window.visualViewport.addEventListener("resize", () => {
      document.body.style.height = `${window.visualViewport.height}px`;
    });
  }
})();
