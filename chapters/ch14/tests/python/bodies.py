def returning(make):
    """An application that returns what this makes."""
    def application(environ, start_response):
        start_response('200 OK', TEXT)
        return make()
    return application


def generator(*blocks):
    yield from blocks


class Iterable:
    def __iter__(self):
        return iter((b'one, ', b'two'))


class Indexed:
    def __getitem__(self, index):
        return (b'one, ', b'two')[index]


class Bytes(bytes):
    def __len__(self):
        return 1


class List(list):
    pass


class Lies(Iterable):
    def __len__(self):
        return 1


class Fails(Iterable):
    def __len__(self):
        raise RuntimeError


class Otherwise(list):
    def __iter__(self):
        return iter((b'one, ', b'two'))


class NoIterator:
    def __iter__(self):
        return 1


a_list = returning(lambda: [b'one, ', b'two'])
an_empty_list = returning(list)
a_tuple = returning(lambda: (b'one, ', b'two'))
an_empty_tuple = returning(tuple)
a_set = returning(lambda: {b'one'})
a_generator = returning(lambda: generator(b'one, ', b'two'))
an_empty_generator = returning(generator)
an_iterator = returning(lambda: iter([b'one, ', b'two']))
an_iterable = returning(Iterable)
by_index = returning(Indexed)
empty_blocks = returning(
    lambda: generator(b'', b'one', b'', b', two', b'', b''))
one_empty_block = returning(lambda: [b''])
a_subclass_of_bytes = returning(lambda: [Bytes(b'one, '), Bytes(b'two')])
a_subclass_of_list = returning(lambda: List([b'one, ', b'two']))
a_length_that_lies = returning(Lies)
a_length_that_fails = returning(Fails)
a_list_that_iterates_otherwise = returning(lambda: Otherwise([b'x']))
all_bytes = returning(lambda: [bytes(range(256)), b'\r\n', b'\n\r'])

text = returning(lambda: 'text')
bytes_themselves = returning(lambda: b'bytes')
none = returning(lambda: None)
a_number = returning(lambda: 1)
texts = returning(lambda: ['text'])
a_bytearray = returning(lambda: [bytearray(b'x')])
a_memoryview = returning(lambda: [memoryview(b'x')])
a_number_in_a_list = returning(lambda: [1])
none_in_a_list = returning(lambda: [None])
no_iterator = returning(NoIterator)
a_text_behind = returning(lambda: [b'one', 'two'])
a_bytearray_behind = returning(lambda: [b'one', bytearray(b'two')])


def told(environ, start_response):
    start_response('200 OK', TEXT)
    for number in (1, 2, 3):
        environ['wsgi.errors'].write(f'made {number}\n')
        yield b'%d' % number
