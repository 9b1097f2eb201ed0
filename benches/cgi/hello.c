/* The least that a CGI program can do, in C. */
#include <stdio.h>

int main(void) {
    fputs("Status: 200 OK\r\n"
          "Content-Type: text/html\r\n"
          "Content-Length: 38\r\n\r\n"
          "<html><body>Hello World!</body></html>", stdout);
    return 0;
}
