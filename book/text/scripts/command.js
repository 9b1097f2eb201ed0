// A command that sends a request's very bytes from a terminal.
const Command = (() => {
    const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

    const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    // What curl sends as it is told to: one request in HTTP/1.1, with
    // Host as its first field, in characters that a terminal takes.
    const PLAIN = new RegExp("^([A-Z]+) (/[!-\"$-~]*) HTTP/1\\.1\r\n"
        + `((?:${TOKEN}: [!-~](?:[ -~]*[!-~])?\r\n)+)\r\n([\n -~]*)$`);

    // The values of a field.
    function values(fields, name) {
        const lead = name.toLowerCase() + ": ";
        return fields.filter((field) => field.toLowerCase().startsWith(lead))
            .map((field) => field.slice(lead.length));
    }

    // Does the head say what the body is?
    function isFramed(method, fields, body) {
        if (values(fields, "Transfer-Encoding").length > 0) return false;
        const length = values(fields, "Content-Length").join();
        if (body === "") return length === "" || length === "0";
        return length === String(body.length) && method !== "HEAD";
    }

    // The fields that curl adds of its own accord.
    function added(body) {
        const names = ["User-Agent", "Accept"];
        if (body) names.push("Content-Type");
        if (body.length > 1024) names.push("Expect");
        return names;
    }

    // Null, if curl would send other bytes.
    function curl(request, origin) {
        const parts = PLAIN.exec(request);
        if (!parts) return null;
        const [, method, target, head, body] = parts;
        const fields = head.split("\r\n").slice(0, -1);
        const isHosted = /^host:/i.test(fields[0]) && values(fields, "Host").length === 1;
        if (!isHosted || !isFramed(method, fields, body)) return null;
        const words = ["curl", "-i", "--raw"];
        // What it would take for its own.
        if (/[[\]{}]/.test(target)) words.push("-g");
        if (target.includes("/.")) words.push("--path-as-is");
        if (method === "HEAD") words.push("-I");
        else if (method !== (body ? "POST" : "GET")) words.push("-X", method);
        for (const field of fields) words.push("-H", quoted(field));
        for (const name of added(body)) {
            const isGiven = values(fields, name).length > 0;
            if (!isGiven) words.push("-H", quoted(name + ":"));
        }
        if (body) words.push("--data-raw", quoted(body));
        words.push(quoted(origin + target));
        return words.join(" ");
    }

    // In the escapes that every printf has for %b.
    const NAMED = { "\r": "\\r", "\n": "\\n", "\\": "\\\\" };
    const octal = (c) => "\\0" + c.charCodeAt(0).toString(8).padStart(3, "0");
    const unprinted = (text) =>
        text.replace(/[^ -&(-[\]-~]/g, (c) => NAMED[c] ?? octal(c));

    // The same through bash, which sends any bytes, and then says that
    // nothing follows them: a server may wait for more. (Its own printf
    // would send each line by itself.)
    function bash(bytes, origin) {
        const { hostname, port } = new URL(origin);
        const lines = bytes.match(/[^\n]*\n|[^\n]+$/g) ?? [];
        const words = lines.map((line) => ` \\\n  '${unprinted(line)}'`);
        return [
            "bash <<'end'",
            `exec 3<>/dev/tcp/${hostname}/${port || 80}`,
            `env printf '%b'${words.join("")} >&3`,
            "perl -e 'shutdown STDIN, 1' <&3",
            "cat <&3",
            "end",
            "",
        ].join("\n");
    }

    // A command that sends the very bytes of these requests, one after
    // the other over one connection.
    function of(requests, origin) {
        const texts = requests.map(Wire.toLatin);
        const asCurl = texts.length === 1 ? curl(texts[0], origin) : null;
        return { text: asCurl ?? bash(texts.join(""), origin), isCurl: asCurl !== null };
    }

    // Copies what an exchange would send.
    async function copy(exchange) {
        const isCgi = exchange.figure.dataset.how === "cgi";
        const origin = isCgi ? exchange.origin : "http://127.0.0.1:8000";
        try {
            const { text, isCurl } = of(exchange.current(), origin);
            await navigator.clipboard.writeText(text);
            exchange.say(isCurl ? "copied" : "copied, for bash: curl would send other bytes");
        } catch {
            exchange.say("not copied: the browser does not let the page do it");
        }
    }

    return { copy, of };
})();
