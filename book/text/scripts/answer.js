// What came of a request that was sent, beside it.
const Answer = (() => {
    const { element } = Parts;

    function show(exchange, result) {
        const { figure, again, more } = exchange;
        again.hidden = false;
        const text = result.broken ?? result.trouble;
        exchange.setResult(text === undefined ? result : null);
        more.failed = exchange.result ? null : result;
        // What is printed stays below what failed, as it was.
        figure.classList.toggle("sent", !more.failed);
        if (exchange.result) {
            exchange.replace(answered(exchange, result));
            // Marks what is not as printed.
            exchange.differs = Compare.mark(exchange);
            sayVerdict(exchange);
        } else {
            const side = failed(exchange, result);
            side.append(tryAgain(exchange));
            exchange.replace([side, ...exchange.printed]);
            exchange.say("");
        }
    }

    // The program is built first, if something was saved.
    function tryAgain(exchange) {
        const again = Parts.button("Try again", () => exchange.run());
        return element("div", { className: "live-bar" }, again);
    }

    // A compiler's text is read more easily with its places as links.
    function failed(exchange, { broken, root, trouble }) {
        const textContent = broken ?? trouble;
        const code = element("code", { className: "nohighlight hljs", textContent });
        const pre = element("pre", { className: "problem" }, code);
        const title = broken ? "It does not compile" : "It did not work";
        if (broken) {
            Parts.load("compiler.css", "compiler.js").then(() => {
                const place = element("div");
                pre.replaceWith(place);
                Compiler.put(place, broken, root);
            }, () => {});
        }
        return exchange.side("response failed", title, pre);
    }

    function answered(exchange, result) {
        const { answer, log, environ, call, report } = result;
        const told = exchange.figure.dataset.how === "cgi" ? { isCgi: true, call } : {};
        const response = Message.made(answer || Exchange.NONE, told);
        const sides = [exchange.side("response", "Response, from your program", response)];
        if (report) {
            sides.push(Report.side(exchange, result, tryAgain(exchange)));
            // It may be the answer itself, and is read there.
            if (answer.endsWith(report)) Message.fold(response);
        }
        if (log) sides.push(exchange.side("log", "Error log", Message.made(log)));
        if (environ) sides.push(environSide(exchange, environ));
        return sides;
    }

    function environSide({ figure }, pairs) {
        const rows = pairs.map(([key, value]) => element("tr", {},
            element("th", { scope: "row", textContent: key }),
            element("td", {}, Message.visible(value))));
        const title = figure.dataset.how === "cgi"
            ? "The environ" : "The environ that chapter 8's server makes of these bytes";
        const fold = element("details", { className: "environ" },
            element("summary", { textContent: title }),
            element("table", {}, element("tbody", {}, ...rows)));
        return element("div", { className: "side environ" }, fold);
    }

    // What the answer is, and to what.
    function sayVerdict(exchange) {
        const { requests, more, differs, result, figure } = exchange;
        const { answer, normal, took, sent, isEarlier } = result;
        const isSame = (answer ? normal : Exchange.NONE) === exchange.printedText("response");
        const time = took < 10 ? took.toFixed(1) : Math.round(took);
        const isPrinted = Wire.toLatin(Wire.join(requests)) === sent;
        const other = more.before ? "not as printed" : differs(isPrinted);
        let said = `${isSame ? "as printed" : other}, ${time} ms`;
        if (isEarlier) said += "; sent before the page was loaded anew";
        const isEdited = Wire.toLatin(Wire.join(exchange.current())) !== sent;
        if (isEdited) said += "; the request was edited since";
        const verdict = isSame ? "right" : isPrinted ? "wrong" : "differs";
        if (more.before) exchange.also("say", said);
        else exchange.say(said, verdict);
        figure.classList.toggle("unlike", isPrinted);
    }

    return { show, failed, sayVerdict };
})();
