//! Chapter 1's exercises, in the book's order.

exercises! {
    1.1 response;
    1.2 escape_attribute;
    1.3 not_found;
    1.4 variable_name;
    1.5 percent_decode;
    1.6 content_length;
    1.7 parse_output;
}
