//! Chapter 8's exercises, in the book's order.

exercises! {
    8.1 chunk_size;
    8.2 patience;
    8.3 head_length;
    8.4 body_length;
    8.5 dechunk;
}
