/* The same page from libfcgi: a thread for each connection. */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>

static int listener;

static void *work(void *unused) {
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS("Status: 200 OK\r\n"
                  "Content-Type: text/html\r\n"
                  "Content-Length: 38\r\n\r\n"
                  "<html><body>Hello World!</body></html>",
                  request.out);
        FCGX_Finish_r(&request);
    }
    return unused;
}

int main(int count, char **arguments) {
    pthread_t threads[80];
    if (count != 2 || FCGX_Init() != 0)
        return 1;
    listener = FCGX_OpenSocket(arguments[1], 128);
    if (listener < 0)
        return 1;
    for (int i = 0; i < 80; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            return 1;
    pthread_join(threads[0], NULL);
    return 0;
}
