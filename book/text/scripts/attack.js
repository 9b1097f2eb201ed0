// The hostile requests, sent to a server of this repository: all of
// them, or one, and what came of each.
const Attack = (() => {
    const { element, button } = Parts;

    const SERVERS = {
        mine: "your server",
        ch08: "chapter 8’s server",
        ch05: "chapter 5’s server",
    };

    // What is said of a row, and the button that shows those rows alone.
    const MARKS = {
        right: { sign: "✓ right", filter: "Right" },
        wrong: { sign: "✗ wrong", filter: "Wrong" },
        beyond: { sign: "– beyond the exercises", filter: "Beyond" },
        none: { sign: "", filter: "Not run" },
    };

    // What a stream says, a line of JSON for each thing.
    async function* linesOf(answer) {
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
            const { done, value } = await reader.read();
            const lines = (rest + (value ?? "")).split("\n");
            rest = done ? "" : lines.pop();
            for (const line of lines) if (line) yield JSON.parse(line);
            if (done) return;
        }
    }

    return class {
        constructor(section, token) {
            this.token = token;
            this.results = new Map(Object.keys(SERVERS).map((key) => [key, new Map()]));
            this.filter = "all";
            this.rows = [...section.querySelectorAll("tbody tr")]
                .filter((row) => row.querySelector("details"))
                .map((row) => this.setUpRow(row));
            for (const head of section.querySelectorAll("[colspan]")) head.colSpan = 4;
            section.querySelector("thead tr").append(
                element("th", { textContent: "Came" }), element("th", { textContent: "Run" }));
            section.prepend(this.bar(), this.score(), this.said);
            section.classList.add("live");
            this.show();
        }

        // Two more cells: what came, and a button.
        setUpRow(row) {
            const name = row.querySelector("summary").textContent;
            const came = element("td", { className: "came" });
            const run = button("Run", () => this.run(name));
            run.setAttribute("aria-label", `Run ${name}`);
            row.append(came, element("td", {}, run));
            const right = row.children[1];
            return { name, row, right, printed: right.textContent, came };
        }

        bar() {
            this.all = button("", () => this.run(null));
            this.choice = element("select", {}, ...Object.entries(SERVERS)
                .map(([value, textContent]) => element("option", { value, textContent })));
            this.choice.addEventListener("change", () => this.show());
            this.filters = ["all", ...Object.keys(MARKS)].map((key) => {
                const made = button("", () => {
                    this.filter = key;
                    this.show();
                });
                return { key, button: made };
            });
            return element("div", { className: "live-bar" },
                this.all, element("label", {}, "against ", this.choice),
                element("div", { className: "filters" },
                    ...this.filters.map((one) => one.button)));
        }

        score() {
            this.count = element("strong");
            this.meter = element("div", { className: "meter" });
            this.meter.setAttribute("role", "meter");
            this.meter.setAttribute("aria-label", "Right answers");
            this.meter.setAttribute("aria-valuemin", "0");
            this.said = element("div", { className: "said", id: "attack-said" });
            this.said.setAttribute("role", "status");
            return element("div", { className: "score" }, this.count, this.meter);
        }

        // Sends one request, or all; or stops what is under way.
        async run(name) {
            if (this.running) {
                if (!name) this.running.abort();
                return;
            }
            this.running = new AbortController();
            this.asked = name;
            const server = this.choice.value;
            const results = this.results.get(server);
            if (name) results.delete(name);
            else results.clear();
            this.say(`Building ${SERVERS[server]}, and sending …`);
            this.show();
            const trouble = await this.receive(server, name, results);
            const isStopped = this.running.signal.aborted;
            this.running = null;
            this.failed = trouble;
            this.show();
            if (isStopped) this.say("Stopped.");
            else if (trouble) this.complain(trouble);
            else this.say(name ? this.verdict(name) : this.summary());
        }

        // Returns what keeps the rest from coming.
        async receive(server, request, results) {
            const query = new URLSearchParams(request ? { server, request } : { server });
            const options = {
                method: "POST",
                headers: { "X-Live-Token": this.token },
                signal: this.running.signal,
            };
            let trouble;
            try {
                const answer = await fetch("/live/attack?" + query, options);
                for await (const line of linesOf(answer)) {
                    trouble ??= line.trouble ?? line.broken;
                    if (!line.name) continue;
                    results.set(line.name, line);
                    this.showSoon();
                }
            } catch {
                return "The book does not answer; is it still running?";
            }
            return trouble;
        }

        say(text) {
            this.said.replaceChildren(text);
        }

        complain(textContent) {
            const code = element("code", { className: "nohighlight hljs", textContent });
            this.said.replaceChildren(element("pre", { className: "complaint" }, code));
        }

        verdict(name) {
            const { mark, came } = this.shown.get(name) ?? {};
            return mark ? `${name}: ${MARKS[mark].sign.slice(2)}, ${came}` : "";
        }

        summary() {
            const of = (key) => this.counts.get(key);
            const words = [`${of("right")} right`, `${of("wrong")} wrong`];
            if (of("beyond")) words.push(`${of("beyond")} beyond the exercises`);
            if (of("none")) words.push(`${of("none")} not run`);
            return words.join(", ");
        }

        // Once for all lines that come together.
        showSoon() {
            this.soon ??= requestAnimationFrame(() => {
                this.soon = null;
                this.show();
            });
        }

        show() {
            this.shown = this.results.get(this.choice.value);
            this.counts = new Map(Object.keys(MARKS).map((key) => [key, 0]));
            for (const row of this.rows) this.showRow(row);
            for (const body of new Set(this.rows.map(({ row }) => row.parentNode))) {
                body.hidden = !body.querySelector("tr:not([hidden]) details");
            }
            const all = this.rows.length;
            this.all.textContent = this.running ? "Stop" : `Run all ${all}`;
            this.all.setAttribute("aria-label", this.running ? "Stop"
                : `Run all ${all} requests against ${SERVERS[this.choice.value]}`);
            this.choice.disabled = Boolean(this.running);
            for (const { key, button } of this.filters) {
                const count = key === "all" ? all : this.counts.get(key);
                button.textContent = `${MARKS[key]?.filter ?? "All"} ${count}`;
                button.setAttribute("aria-pressed", String(key === this.filter));
                button.hidden = key === "beyond" && count === 0 && this.filter !== key;
            }
            this.showScore(all);
        }

        showRow({ name, row, right, printed, came }) {
            const result = this.shown.get(name);
            const mark = result?.mark ?? "none";
            this.counts.set(mark, this.counts.get(mark) + 1);
            row.className = mark;
            // What has the focus does not lose it to what came.
            row.hidden = this.filter !== "all" && this.filter !== mark
                && !row.contains(document.activeElement);
            right.textContent = result?.right ?? printed;
            came.replaceChildren(...(result
                ? [element("b", {}, MARKS[mark].sign), " ", element("span", {}, result.came)]
                : name === this.asked ? this.instead() : []));
        }

        // Who pressed a row's button does not see what is said above.
        instead() {
            if (this.running) return ["building, or waiting …"];
            if (!this.failed) return [];
            return [element("a", { href: "#attack-said", textContent: "not run: why?" })];
        }

        showScore(all) {
            const right = this.counts.get("right");
            this.count.textContent = `${right} of ${all}`;
            this.meter.setAttribute("aria-valuemax", String(all));
            this.meter.setAttribute("aria-valuenow", String(right));
            this.meter.setAttribute("aria-valuetext", this.summary());
            this.meter.replaceChildren(...[...this.counts].map(([className, count]) => {
                const part = element("i", { className });
                part.style.flexGrow = count;
                return part;
            }));
        }
    };
})();
