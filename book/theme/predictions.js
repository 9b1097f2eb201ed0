// What the reader predicted: chosen or typed before the answer is
// unfolded, kept in the browser and nowhere else, and asked again at
// the chapter's end where it was wrong.
(() => {
    const { element, button } = Parts;
    const BEGIN = /^(.*\. )?Your prediction first(: )?/;
    const main = document.querySelector("main");
    const folds = [...main.querySelectorAll(":scope > details")]
        .filter((fold) => BEGIN.test(questionOf(fold)));
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

    // The choices or the field, until there is a prediction; then what
    // it was, and whether it was right.
    function setUp(fold, at) {
        const place = element("div", { className: "prediction" });
        const choices = [...fold.querySelectorAll(".choices > li")];
        fold.after(place);
        fold.id ||= `prediction-${at + 1}`;

        function change(prediction) {
            keep(fold, prediction);
            show();
            askAgain();
        }

        function show() {
            const { text, isRight } = predictions.get(fold);
            for (const choice of choices) choice.ariaCurrent = choice.textContent === text;
            const asked = choices.length ? chooser : field;
            place.replaceChildren(...(text ? said(text, isRight) : asked()));
        }

        function see(prediction) {
            fold.open = true;
            change(prediction);
            place.querySelector("button").focus();
        }

        fold.askAgain = () => {
            fold.open = false;
            change({});
            place.querySelector("textarea, button").focus();
        };

        function chooser() {
            const buttons = choices.map(({ innerHTML, textContent: text, dataset }) =>
                Object.assign(button("", () => see({ text, isRight: "right" in dataset })),
                    { innerHTML }));
            return [element("fieldset", {},
                element("legend", { textContent: "Your prediction" }), ...buttons)];
        }

        function field() {
            const area = element("textarea", { rows: 1, id: `${fold.id}-text` });
            const label = element("label", { htmlFor: area.id, textContent: "Your prediction" });
            const done = button("Keep it, and see", () => {
                const text = area.value.trim();
                if (text) see({ text });
                else area.focus();
            });
            return [label, area, done];
        }

        function said(text, isRight) {
            const shown = element("p", { id: `${fold.id}-said` },
                "You predicted: ", element("q", { textContent: text }));
            const anew = button("Predict again", fold.askAgain);
            if (choices.length) {
                shown.className = isRight ? "right" : "wrong";
                shown.append(` You were ${shown.className}.`);
                // What has the focus says what came of it.
                anew.setAttribute("aria-describedby", shown.id);
                return [shown, anew];
            }
            const verdicts = [["I was right", true], ["I was wrong", false]];
            const buttons = verdicts.map(([name, is]) => {
                const verdict = button(name, () => change({ text, isRight: is }));
                verdict.ariaPressed = String(is === isRight);
                return verdict;
            });
            return [shown, ...buttons, anew];
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
        element("p", {}, "These surprised you. What would you say now?"), list);

    function askAgain() {
        const wrong = folds.filter((fold) => predictions.get(fold).isRight === false);
        list.replaceChildren(...wrong.map((fold) => element("li", {},
            button(questionOf(fold).replace(BEGIN, ""), fold.askAgain))));
        again.hidden = !wrong.length;
    }

    folds.forEach(setUp);
    askAgain();
    document.getElementById("exercises")?.before(again);
})();
