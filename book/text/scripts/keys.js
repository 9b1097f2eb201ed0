// What keys do on the page, where they alone would do less.
(() => {
    const main = document.querySelector("main");
    const toggle = document.getElementById("mdbook-sidebar-toggle");

    // Who opens the table of contents is taken to where one is in it.
    toggle.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        toggle.click();
        if (toggle.ariaExpanded === "true") document.querySelector(".sidebar .active")?.focus();
    });

    main.addEventListener("keydown", (event) => {
        const { key, target } = event;
        // The arrows turn the page, but not from what may want them: a
        // button among others, or what scrolls.
        if (/^Arrow(Left|Right)$/.test(key) && target.localName !== "a") event.stopPropagation();
        // As it sends a request, it keeps a prediction.
        const isKept = key === "Enter" && (event.ctrlKey || event.metaKey);
        if (isKept && target.matches(".prediction textarea")) target.nextElementSibling.click();
    });
})();
