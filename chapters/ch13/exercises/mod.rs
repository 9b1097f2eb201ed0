//! Chapter 13's exercises, in the book's order.

exercises! {
    13.1 url_for;
    13.2 field;
    13.3 split;
    13.4 head;
    13.5 block_on;
}
