"""What PEP 3333 promises to a server, asked of the modules directly."""

import gc
import io
import sys
import unittest
import weakref

import guestbook
import suite


class Server:
    """Notes what it is called with, and raises where it is told to."""

    def __init__(self, **variables):
        self.status = self.headers = None
        self.blocks = []
        self.reads = []
        self.raises = {}
        self.body = io.BytesIO(variables.pop("body", b""))
        self.errors = io.StringIO()
        self.environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/hello",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": self,
            "wsgi.errors": self.errors,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **variables,
        }

    def call(self, application=suite.application):
        return application(self.environ, self.start_response)

    def raise_in(self, name):
        if name in self.raises:
            raise self.raises[name]

    def start_response(self, status, headers, exc_info=None):
        self.raise_in("start_response")
        assert self.status is None, "started twice"
        self.status, self.headers = status, headers
        return self.write

    def write(self, block):
        self.raise_in("write")
        self.blocks.append(block)

    def read(self, size):
        self.raise_in("read")
        self.reads.append(size)
        return self.body.read(size)

    @property
    def text(self):
        return b"".join(self.blocks).decode()


class Interface(unittest.TestCase):
    def test_an_answer_is_written_and_nothing_is_returned(self):
        server = Server()
        self.assertEqual(server.call(), [])
        self.assertIs(type(server.status), str)
        self.assertEqual(server.status, "200 OK")
        self.assertIs(type(server.headers), list)
        for pair in server.headers:
            self.assertIs(type(pair), tuple)
            types = [type(part) for part in pair]
            self.assertEqual(types, [str, str])
        self.assertEqual(server.headers[0][0], "Content-Type")
        types = {type(block) for block in server.blocks}
        self.assertEqual(types, {bytes})
        self.assertEqual(server.text, "Hello World!")
        self.assertEqual(server.reads, [])

    def test_a_head_alone_is_sent_too(self):
        for variables in [
            {"REQUEST_METHOD": "HEAD"},
            {"PATH_INFO": "/no-content"},
        ]:
            server = Server(**variables)
            self.assertEqual(server.call(), [])
            self.assertEqual(server.blocks, [b""])

    def test_variables_are_bytes_and_the_rest_is_left_out(self):
        server = Server(
            PATH_INFO="/environ/caf\xc3\xa9",
            HTTP_PROXY="http://evil.example",
            GATEWAY_DEBUGGER="secret",
            some_flag=True,
            **{"wsgi.multithread": 1, "wsgi.url_scheme": "https"},
        )
        server.call()
        lines = server.text.splitlines()
        for line in [
            "PATH_INFO=/environ/caf\\xc3\\xa9",
            "wsgi.multithread=True",
            "wsgi.multiprocess=True",
            "wsgi.run_once=False",
            "wsgi.url_scheme=https",
        ]:
            self.assertIn(line, lines)
        for word in ["evil", "secret", "some_flag"]:
            self.assertNotIn(word, server.text)

    def test_a_field_is_a_native_string(self):
        server = Server(PATH_INFO="/header/X-Name/caf\xe9")
        server.call()
        self.assertIn(("X-Name", "caf\xe9"), server.headers)

    def test_input_is_read_as_far_as_its_length(self):
        server = Server(
            PATH_INFO="/length", CONTENT_LENGTH="9000", body=b"x" * 9999
        )
        server.call()
        self.assertEqual(server.text, "9000\n")
        self.assertEqual(server.body.tell(), 9000)

    def test_input_without_a_length_is_read_if_it_has_an_end(self):
        for length in [{}, {"CONTENT_LENGTH": ""}]:
            for is_terminated, text in [(False, "0\n"), (True, "5\n")]:
                server = Server(
                    PATH_INFO="/length",
                    body=b"Hello",
                    **{"wsgi.input_terminated": is_terminated},
                    **length,
                )
                server.call()
                self.assertEqual(server.text, text)

    def test_input_that_ends_early_is_an_error(self):
        server = Server(
            PATH_INFO="/length", CONTENT_LENGTH="10", body=b"Hello"
        )
        self.assertEqual(server.call(), [])
        self.assertEqual(server.status, "400 Bad Request")

    def test_what_the_server_raises_comes_out_again(self):
        for name in ["start_response", "write", "read"]:
            for error in [
                KeyError("of the server's"),
                InterruptedError(),
                KeyboardInterrupt(),
                SystemExit(3),
            ]:
                server = Server(
                    PATH_INFO="/length",
                    CONTENT_LENGTH="5",
                    body=b"Hello",
                )
                server.raises[name] = error
                with self.assertRaises(type(error)) as caught:
                    server.call()
                self.assertIs(caught.exception, error)
                self.assertEqual(server.blocks, [])

    def test_what_is_missing_or_wrong_is_pythons_error(self):
        for name in ["wsgi.input", "wsgi.errors"]:
            server = Server()
            del server.environ[name]
            self.assertRaises(KeyError, server.call)
        for variables, error in [
            ({"CONTENT_LENGTH": "many"}, ValueError),
            ({"HTTP_X": "\u20ac"}, ValueError),
            ({"HTTP_X": "\udc80"}, UnicodeEncodeError),
            ({"wsgi.input": 3, "CONTENT_LENGTH": "1"}, AttributeError),
        ]:
            server = Server(PATH_INFO="/length", **variables)
            self.assertRaises(error, server.call)
        self.assertRaises(TypeError, suite.application, {})
        self.assertRaises(TypeError, suite.application, [], print)
        server = Server(PATH_INFO="/length", CONTENT_LENGTH="1")
        server.read = lambda size: "text"
        self.assertRaises(TypeError, server.call)

    def test_an_answer_that_is_cut_raises_in_the_place_of_a_block(self):
        server = Server(PATH_INFO="/error-after-a-block")
        result = server.call()
        self.assertEqual(server.text, "one\n")
        with self.assertRaisesRegex(OSError, "the answer is cut short"):
            list(result)

    def test_errors_have_a_page_and_a_line(self):
        for path, status, line in [
            ("/error-at-once", "500 Internal Server Error", "at once"),
            ("/teapot", "418 I'm a teapot", "short and stout"),
            ("/panic", "500 Internal Server Error", "as intended"),
        ]:
            server = Server(PATH_INFO=path)
            self.assertEqual(server.call(), [])
            self.assertEqual(server.status, status)
            log = server.errors.getvalue()
            self.assertTrue(log.startswith(f"GET {path}: "), log)
            self.assertTrue(log.endswith(f"{line}\n"), log)

    def test_lines_are_whole_and_text(self):
        server = Server(PATH_INFO="/lines")
        server.call()
        log = server.errors.getvalue()
        self.assertEqual(log, "one\ntwo \xeb\nthree\n")

    def test_nothing_of_a_request_is_kept(self):
        for path in ["/hello", "/error-after-a-block", "/lines"]:
            server = Server(PATH_INFO=path, CONTENT_LENGTH="5")
            server.raises["read"] = OSError()
            before = sys.getrefcount(server.start_response.__func__)
            for _ in range(100):
                server.status = None
                server.call()
            gone = weakref.ref(server)
            after = sys.getrefcount(server.start_response.__func__)
            self.assertEqual(before, after)
            del server
            gc.collect()
            self.assertIsNone(gone())

    def test_a_module_has_a_line_for_each_application(self):
        for name in ["application", "hello", "show_environ"]:
            self.assertTrue(callable(getattr(guestbook, name)))
        server = Server()
        server.call(guestbook.hello)
        self.assertEqual(server.text, "Hello World!\n")
        server = Server()
        server.call(guestbook.show_environ)
        self.assertIn("REQUEST_METHOD<br />\n", server.text)


if __name__ == "__main__":
    unittest.main()
