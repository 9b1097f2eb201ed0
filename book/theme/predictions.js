// What the reader predicted: typed before the answer is unfolded, kept
// in the browser and nowhere else, and asked again at the chapter's end
// where it was wrong.
(() => {
    const { element, button } = Parts;
    const BEGIN = "Your prediction first: ";
    const main = document.querySelector("main");
    const folds = [...main.querySelectorAll(":scope > details")]
        .filter((fold) => questionOf(fold).startsWith(BEGIN));
    if (!folds.length) return;

    function questionOf(fold) {
        return fold.querySelector("summary")?.textContent.trim() ?? "";
    }

    // A question that is worded anew is another question.
    const keyOf = (fold) => `prediction:${location.pathname}:${questionOf(fold)}`;

    function read(fold) {
        try {
            return JSON.parse(localStorage.getItem(keyOf(fold))) ?? {};
        } catch {
            return {};
        }
    }

    const predictions = new Map(folds.map((fold) => [fold, read(fold)]));

    function keep(fold, prediction) {
        predictions.set(fold, prediction);
        try {
            localStorage.setItem(keyOf(fold), JSON.stringify(prediction));
        } catch {
            // Where nothing can be written, it is kept for this visit.
        }
    }

    // The field, until there is a prediction; then what it was, and
    // whether it was right.
    function setUp(fold, at) {
        const place = element("div", { className: "prediction" });
        fold.after(place);
        fold.id ||= `prediction-${at + 1}`;

        function change(prediction) {
            keep(fold, prediction);
            show();
            askAgain();
        }

        function show() {
            const { text, isRight } = predictions.get(fold);
            place.replaceChildren(...(text ? said(text, isRight) : field()));
        }

        function field() {
            const area = element("textarea", { rows: 1, id: `${fold.id}-text` });
            const label = element("label", { htmlFor: area.id, textContent: "Your prediction" });
            const see = button("Keep it, and see", () => {
                const text = area.value.trim();
                if (!text) return area.focus();
                fold.open = true;
                change({ text });
                place.querySelector("button").focus();
            });
            return [label, area, see];
        }

        function said(text, isRight) {
            const shown = element("p", {}, "You predicted: ", element("q", { textContent: text }));
            const choices = [["I was right", true], ["I was wrong", false]];
            const buttons = choices.map(([name, is]) => {
                const choice = button(name, () => change({ text, isRight: is }));
                choice.ariaPressed = String(is === isRight);
                return choice;
            });
            const again = button("Predict again", () => {
                fold.open = false;
                change({});
                place.querySelector("textarea").focus();
            });
            return [shown, ...buttons, again];
        }

        // An answer of the keyboard's own would be lost with its button.
        place.addEventListener("click", (event) => {
            const name = event.target.textContent;
            const now = [...place.querySelectorAll("button")];
            now.find((choice) => choice.textContent === name)?.focus();
        });
        show();
    }

    // Before the exercises: the questions whose answers were a surprise.
    const list = element("ul", {});
    const again = element("div", { className: "prediction again" },
        element("p", {}, "These surprised you. Would you know them now?"), list);

    function askAgain() {
        const wrong = folds.filter((fold) => predictions.get(fold).isRight === false);
        list.replaceChildren(...wrong.map((fold) => {
            const textContent = questionOf(fold).slice(BEGIN.length);
            return element("li", {}, element("a", { href: `#${fold.id}`, textContent }));
        }));
        again.hidden = !wrong.length;
    }

    folds.forEach(setUp);
    askAgain();
    document.getElementById("exercises")?.before(again);
})();
