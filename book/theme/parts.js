// What a page's scripts make, and how they load more of them.
const Parts = (() => {
    function element(name, properties, ...children) {
        const made = Object.assign(document.createElement(name), properties);
        made.append(...children);
        return made;
    }

    function button(text, action) {
        const made = element("button", { type: "button", textContent: text });
        made.addEventListener("click", action);
        return made;
    }

    const loads = new Map();

    // Scripts and style sheets that are not wanted before something is
    // done: from the folder `scripts`, each once.
    function load(...names) {
        for (const name of names) {
            if (!loads.has(name)) loads.set(name, loading(name));
        }
        return Promise.all(names.map((name) => loads.get(name)));
    }

    function loading(name) {
        const url = "scripts/" + name;
        const part = name.endsWith(".css")
            ? element("link", { rel: "stylesheet", href: url })
            : element("script", { src: url });
        document.head.append(part);
        return new Promise((resolve, reject) => {
            part.onload = resolve;
            part.onerror = () => {
                // It may be there when it is wanted again.
                loads.delete(name);
                part.remove();
                reject(new Error(`${url} could not be loaded`));
            };
        });
    }

    return { element, button, load };
})();
