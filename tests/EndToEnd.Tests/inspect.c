// What the tests need to do inside a container that has no shell: put into the pod by a ConfigMap, run with 'kubectl exec'.
//   inspect identity      user and group, as numbers
//   inspect write PATH    tries to create a file
//   inspect signal NUMBER signals the one other process there is (beside the first, which keeps the pod's namespaces)
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int identity(void) {
    printf("uid %d gid %d\n", (int)getuid(), (int)getgid());
    return 0;
}

static int try_to_write(const char *path) {
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (file < 0) {
        printf("%s\n", strerror(errno));
        return 1;
    }
    close(file);
    unlink(path);
    printf("written\n");
    return 0;
}

static int send_signal(int number) {
    DIR *processes = opendir("/proc");
    int sent = 0;
    for (struct dirent *entry; processes && (entry = readdir(processes)) != NULL;) {
        int pid = atoi(entry->d_name);
        if (pid > 1 && pid != getpid() && kill(pid, number) == 0) sent++;
    }
    printf("%d\n", sent);
    return sent == 1 ? 0 : 1;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "identity") == 0) return identity();
    if (count == 3 && strcmp(arguments[1], "write") == 0) return try_to_write(arguments[2]);
    if (count == 3 && strcmp(arguments[1], "signal") == 0) return send_signal(atoi(arguments[2]));
    fprintf(stderr, "inspect: identity | write PATH | signal NUMBER\n");
    return 2;
}
