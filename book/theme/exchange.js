// A printed exchange, whose request can be sent again, and edited.
class Exchange {
    static NONE = "(the connection was closed without an answer)\n";
    static ANSWERS = ".side:is(.response, .report, .log, .environ)";
    // What is not needed before one edits, and before there is an answer.
    static EDITING = ["editor.js", "editor.css"];
    static ANSWERING = ["answer.js", "compare.js", "compare.css"];
    // What shows why a program has failed.
    static EXPLAINING = ["compiler.css", "compiler.js", "report.css", "report.js"];
    static KEYS = "Control and Enter send it, Escape leaves it.";

    // `ask` has a question answered by the book, which serves the
    // programs that are run for each request at `origin`.
    constructor(figure, ask, origin) {
        Object.assign(this, { figure, ask, origin });
        this.complain = ({ message }) => this.say(message);
        Message.paint(figure);
        this.request = figure.querySelector(".side.request");
        this.sides = figure.querySelector(".sides");
        this.printed = this.answers();
        const texts = [...this.request.querySelectorAll("code")].map(Message.textOf);
        this.requests = texts.map(Wire.encode);
        // It has it still when the page is written anew.
        const { program, how } = figure.dataset;
        this.name = [program, how, ...texts].join(" ");
        // One for each request, while they are edited.
        this.editors = [];
        this.asBytes = false;
        this.isSending = false;
        // How often a send was begun, or was given up.
        this.turn = 0;
        // The answer that is shown, unless it is the printed one.
        this.result = null;
        this.addBar();
        this.setMore({});
    }

    addBar() {
        this.send = Parts.button("Send", () => this.run());
        this.edit = Parts.button("Edit", () =>
            (this.editors.length ? this.leave() : this.enter().catch(this.complain)));
        this.ends = Parts.button("\\r\\n", () => this.toggleEnds());
        this.ends.title = "Show the ends of lines";
        this.ends.ariaPressed = "false";
        this.copy = Parts.button("Copy as curl", () =>
            Parts.load("command.js").then(() => Command.copy(this), this.complain));
        this.wire = Parts.button("Wire", () => this.toggleSteps());
        Object.assign(this.wire, { ariaPressed: "false", hidden: true });
        this.several = Parts.button("Several", () => this.also("open"));
        this.again = Parts.button("Again on save", () => this.also("toggle"));
        this.status = Parts.element("span", { className: "status" });
        this.status.setAttribute("role", "status");
        this.bar = Parts.element("div", { className: "live-bar" }, this.send, this.edit, this.ends,
            this.wire, this.several, this.again, this.copy, this.status);
        this.sides.before(this.bar);
    }

    // Says something, and what it comes to: "right", "wrong", "differs".
    say(text, verdict = "") {
        this.status.textContent = text;
        this.status.className = `status ${verdict}`;
    }

    // What would be sent now: a list, each as bytes.
    current() {
        const { editors, requests } = this;
        return editors.length ? editors.map((editor) => editor.bytes) : requests;
    }

    // --- Editing

    async enter() {
        if (typeof Editor === "undefined") await Parts.load(...Exchange.EDITING);
        // It may have been asked for twice.
        if (this.editors.length) return;
        // What is edited is to be seen.
        this.steps?.setOpen(false);
        this.addEditors();
        this.editors[0].area.focus();
    }

    addEditors() {
        const texts = [...this.request.querySelectorAll("pre")];
        this.editors = this.requests.map((bytes, at) => {
            const which = texts.length > 1 ? `Request ${at + 1}.` : "The request.";
            const editor = new Editor(bytes, this.asBytes, `${which} ${Exchange.KEYS}`);
            editor.area.addEventListener("keydown", (event) => this.onKey(event));
            editor.area.addEventListener("input", () => this.result && Answer.sayVerdict(this));
            texts[at].hidden = true;
            texts[at].after(editor.element);
            return editor;
        });
        // What is no text is shown as bytes, whatever was wanted.
        this.setEnds(this.asBytes || this.editors.some((editor) => !editor.isText));
        this.edit.textContent = "As printed";
    }

    onKey(event) {
        // The page's own shortcuts are not meant here.
        event.stopPropagation();
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.run();
        // What was typed stays until the printed one is wanted again.
        if (event.key === "Escape") this.edit.focus();
    }

    leave() {
        const hasFocus = this.request.contains(document.activeElement);
        this.editors.forEach((editor) => editor.element.remove());
        this.editors = [];
        this.request.querySelectorAll("pre").forEach((pre) => { pre.hidden = false; });
        this.edit.textContent = "Edit";
        this.turn++;
        this.figure.classList.remove("sent");
        this.setResult(null);
        this.setMore({ several: this.more.several });
        this.replace(this.printed);
        this.say("");
        if (hasFocus) this.edit.focus();
    }

    toggleEnds() {
        if (this.asBytes && this.editors.some((editor) => !editor.isText)) {
            this.say("written as text, these would be other bytes");
            return;
        }
        this.setEnds(!this.asBytes);
    }

    setEnds(asBytes) {
        this.asBytes = asBytes;
        this.figure.classList.toggle("ends", asBytes);
        this.ends.ariaPressed = String(asBytes);
        this.editors.forEach((editor) => editor.show(editor.bytes, asBytes));
    }

    // --- Sending

    // What comes is compared with this, or else with what is printed.
    async run(before) {
        if (this.isSending) return;
        this.setSending(true);
        this.say("sending …");
        const slow = setTimeout(() => this.say("building, or waiting …"), 400);
        const turn = ++this.turn;
        const { program, how } = this.figure.dataset;
        const query = new URLSearchParams({ program, how });
        const body = Wire.join(this.current());
        const load = (names) =>
            Parts.load(...names).then(() => null, ({ message }) => message);
        const [result, missing] = await Promise.all([
            this.ask("send?" + query, { method: "POST", body }),
            load(Exchange.ANSWERING),
        ]);
        const failed = missing ?? (result.report && await load(Exchange.EXPLAINING));
        clearTimeout(slow);
        this.setSending(false);
        if (failed) return this.say(failed);
        // The printed exchange may be wanted again by now.
        if (turn !== this.turn) return;
        this.more.before = before;
        Answer.show(this, { ...result, sent: Wire.toLatin(body) });
    }

    // A button that is disabled would lose the focus.
    setSending(isSending) {
        this.isSending = isSending;
        this.send.ariaDisabled = String(isSending);
    }

    setResult(result) {
        this.result = result;
        this.wire.hidden = !result?.steps;
        this.steps?.show(result);
    }

    async toggleSteps() {
        await Parts.load(...Exchange.EDITING, "steps.js", "cards.js", "steps.css");
        this.steps ??= new Steps(this);
        this.steps.toggle();
    }

    // --- What answers

    side(name, title, ...content) {
        const heading = Parts.element("div", { className: "title", textContent: title });
        return Parts.element("div", { className: "side " + name }, heading, ...content);
    }

    answers() {
        return [...this.sides.querySelectorAll(Exchange.ANSWERS)];
    }

    printedText(name) {
        const side = this.printed.find((side) => side.classList.contains(name));
        return side ? Message.textOf(side.querySelector("code")) : "";
    }

    before(name) {
        return this.more.before?.[name] ?? this.printedText(name);
    }

    // Puts these in place of those that answer. The focus goes to
    // what is there now, or else to what brought it.
    replace(sides) {
        const focused = document.activeElement;
        const old = this.answers();
        const lost = old.find((side) => side.contains(focused));
        old.forEach((side) => side.remove());
        this.sides.append(...sides);
        if (!lost) return;
        const place = `.side.${lost.classList[1]} ${focused.localName}`;
        this.sides.querySelector(place)?.focus();
        if (!this.sides.contains(document.activeElement)) this.send.focus();
    }

    async also(what, said) {
        const load = Parts.load("several.js", "several.css", ...Exchange.ANSWERING);
        await load.then(() => Several[what](this, said), this.complain);
    }

    // The code is in this state now.
    follow(code) {
        this.code = code;
        if (this.result?.report) Report.follow(this);
        if (this.more.again) this.also("follow");
    }

    // What is kept for several.js.
    setMore(more) {
        this.more = more;
        this.again.hidden = !more.again;
        this.again.ariaPressed = String(!!more.again);
        this.several.ariaExpanded = String(!!more.several);
    }

    // --- What outlives the page

    save() {
        const { more } = this;
        return {
            asBytes: this.asBytes,
            editors: this.editors.map((editor) => editor.save()),
            result: this.result ?? (more.again && more.failed),
            more,
            isUnfolded: this.figure.querySelector("details.environ")?.open,
            steps: this.steps?.save(),
        };
    }

    // What it takes to restore this.
    static parts({ editors, result }) {
        return [
            ...(editors.length ? Exchange.EDITING : []),
            ...(result ? Exchange.ANSWERING : []),
            ...(result?.report ? Exchange.EXPLAINING : []),
        ];
    }

    restore({ asBytes, editors, result, isUnfolded, steps, more = {} }) {
        this.setEnds(asBytes);
        this.setMore(more);
        if (more.several) this.also("restore");
        if (editors.length) this.addEditors();
        this.editors.forEach((editor, at) => editor.restore(editors[at]));
        if (!result) return;
        Answer.show(this, { ...result, isEarlier: true });
        const fold = this.figure.querySelector("details.environ");
        if (fold) fold.open = isUnfolded;
        if (steps) this.toggleSteps().then(() => this.steps.restore(steps));
    }
}
