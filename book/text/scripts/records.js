// Records of FastCGI, as this book's programs print them, byte by byte:
// the eight of the header, the content, and the padding. A line says
// all of it but the version, which is 1, and a last byte, which is 0.
const Records = (() => {
    const LINE = /^([<>]) ([A-Z_]+|type \d+) +(\d+) +(\d+)\+(\d+) (.*)$/;

    // Section 8 of the specification.
    const TYPES = {
        BEGIN_REQUEST: 1, ABORT_REQUEST: 2, END_REQUEST: 3, PARAMS: 4, STDIN: 5, STDOUT: 6,
        STDERR: 7, DATA: 8, GET_VALUES: 9, VALUES_RESULT: 10, UNKNOWN_TYPE: 11,
    };
    const STREAMS = ["PARAMS", "STDIN", "STDOUT", "STDERR"];
    const ROLES = { 1: "a responder", 2: "an authorizer", 3: "a filter" };
    const ENDS = {
        0: "request complete", 1: "one request at a time", 2: "overloaded", 3: "unknown role",
    };

    const { element } = Parts;
    const span = (className, textContent) => element("span", { className, textContent });
    const byte = (number) => number.toString(16).padStart(2, "0");
    const two = (number) => `${byte(number >> 8)} ${byte(number & 255)}`;
    const count = (number) => `${number} ${number === 1 ? "byte" : "bytes"}`;

    // The bytes of a content that is printed whole.
    function bytesOf(text) {
        const pieces = text.match(/\\x[0-9a-f]{2}|\\?./g) ?? [];
        const names = { "\\r": 13, "\\n": 10, "\\t": 9 };
        return pieces.map((piece) => (piece.startsWith("\\x")
            ? parseInt(piece.slice(2), 16)
            : names[piece] ?? piece.charCodeAt(piece.length - 1)));
    }

    // What it means, where that is not to be read.
    function meaning(type, length, content) {
        if (length === 0) return STREAMS.includes(type) ? "empty: the stream ends here" : "empty";
        const bytes = bytesOf(content);
        if (type === "BEGIN_REQUEST") {
            const flags = bytes[2] & 1 ? "keeps the connection" : "no flags";
            return `role ${bytes[1]}, ${ROLES[bytes[1]] ?? "unknown"}; ${flags}`;
        }
        if (type === "END_REQUEST") {
            return `exit status ${bytes[3]}; ${bytes[4]}, ${ENDS[bytes[4]] ?? "unknown"}`;
        }
        if (type === "UNKNOWN_TYPE") return `type ${bytes[0]} is not known`;
        return "";
    }

    function record([, way, type, id, length, padding, content]) {
        const number = TYPES[type] ?? Number(type.slice("type ".length));
        const size = span("length", two(Number(length)));
        size.tabIndex = 0;
        size.role = "button";
        size.ariaLabel = `${size.textContent}, the length: ${count(Number(length))} of content`;
        const header = element("span", { className: "header" },
            span("", byte(1)), span("type", byte(number)), span("", two(Number(id))), size,
            span("", byte(Number(padding))), span("", byte(0)));
        header.role = "group";
        header.ariaLabel = "header";
        const row = element("li", { className: way === ">" ? "server" : "application" },
            span("name", type), header);
        const rest = element("span", { className: "data" });
        if (content) rest.append(span("bytes", content));
        if (padding !== "0") {
            const pad = span("padding", "+" + padding);
            pad.role = "img";
            pad.ariaLabel = pad.title = `${count(Number(padding))} of padding`;
            rest.append(pad);
        }
        const means = meaning(type, Number(length), content);
        if (means) rest.append(span("meaning", means));
        row.append(rest);
        const mark = ({ type: event }) => row.classList.toggle("lit", /over|in$/.test(event));
        for (const event of ["pointerover", "pointerout", "focusin", "focusout"]) {
            size.addEventListener(event, mark);
        }
        return row;
    }

    // A line that is no record is what it is.
    function row(line) {
        const parts = LINE.exec(line);
        if (parts) return record(parts);
        return element("li", { className: "other", textContent: line.replace(/^([<>]) +/, "$1 ") });
    }

    function view(text) {
        const lines = text.split("\n").filter((line) => line !== "");
        const legend = element("div", { className: "legend" },
            span("server", "web server sends"), span("application", "application sends"));
        const scale = element("div", { className: "scale" });
        scale.ariaHidden = "true";
        for (const name of ["ver", "type", "request", "length", "pad", "0"]) {
            scale.append(span("", name));
        }
        return element("div", { className: "records", hidden: true },
            legend, scale, element("ol", {}, ...lines.map(row)));
    }

    // Puts a button at each figure that has printed records.
    function setUp() {
        for (const output of document.querySelectorAll("main figure .output")) {
            const text = output.textContent;
            const isNew = !output.dataset.records && text.split("\n").some((l) => LINE.test(l));
            if (!isNew) continue;
            output.dataset.records = "there";
            const shown = view(text);
            const button = Parts.button("Records", () => {
                shown.hidden = !shown.hidden;
                output.hidden = !shown.hidden;
                button.ariaPressed = String(!shown.hidden);
            });
            button.ariaPressed = "false";
            const bar = element("div", { className: "records-bar" }, button);
            output.closest("pre").after(bar, shown);
        }
    }

    setUp();
    // Figures that were being made come later.
    new MutationObserver(setUp).observe(document.querySelector("main"),
        { childList: true, subtree: true });
    return { setUp };
})();
