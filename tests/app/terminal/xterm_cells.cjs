// What xterm.js shows of some texts, after each of their pieces: its cells and the cursor.
const { Terminal } = require(process.argv[2]);

const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", async () => {
  const { columns, rows, texts } = JSON.parse(Buffer.concat(chunks).toString());
  const found = [];
  for (const pieces of texts) found.push(await shown(pieces, columns, rows));
  process.stdout.write(JSON.stringify(found));
});

async function shown(pieces, columns, rows) {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const write = (text) => new Promise((done) => terminal.write(text, done));
  await write("\x1b[?7l");
  const screens = [];
  for (const piece of pieces) {
    await write(piece);
    screens.push(screen(terminal, columns, rows));
  }
  terminal.dispose();
  return screens;
}

function screen(terminal, columns, rows) {
  const buffer = terminal.buffer.active;
  const lines = [];
  for (let y = 0; y < rows; y++) {
    const line = buffer.getLine(buffer.baseY + y);
    let text = "";
    for (let x = 0; x < columns; x++) text += cell(line, x) + "|";
    lines.push(text);
  }
  return [...lines, buffer.cursorY, buffer.cursorX];
}

function cell(line, x) {
  const one = line.getCell(x);
  const words = one.getChars() || " ";
  const ground = [one.getBgColorMode(), one.getBgColor()];
  const over = [one.isUnderline(), one.isStrikethrough(), one.isInverse()];
  const blank = words === " " && one.getWidth() === 1 && !over.some(Boolean);
  const pen = blank ? [] : [one.getFgColorMode(), one.getFgColor(), one.isBold(), one.isItalic(), one.isDim()];
  return [words, one.getWidth(), ground, over, pen].join(",");
}
