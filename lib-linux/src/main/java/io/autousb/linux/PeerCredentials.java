package io.autousb.linux;

/**
 * Who listens at the other end of a unix socket: the process that called {@code listen}, as the kernel
 * saw it then (unix(7), {@code SO_PEERCRED}).
 *
 * @param pid its process id
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
