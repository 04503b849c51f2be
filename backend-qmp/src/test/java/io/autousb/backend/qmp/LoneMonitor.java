package io.autousb.backend.qmp;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A program that listens at a socket and greets as a monitor does, but answers nothing: for who needs one that is another
 * process, or another user's. For each client that has gone it says how many bytes that has sent. Stands alone: of this
 * project it needs no other class.
 */
final class LoneMonitor {

    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\": \"\"},"
                    + " \"capabilities\": [\"oob\"]}}\r\n";

    private LoneMonitor() {}

    /** Listens until it is killed. The one argument is the socket, which everybody may connect to. */
    public static void main(String[] arguments) throws Exception {
        Path socket = Path.of(arguments[0]);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
            System.out.println("listening");
            while (true) {
                try (SocketChannel client = server.accept()) {
                    System.out.println("heard " + serve(client));
                }
            }
        }
    }

    private static long serve(SocketChannel client) {
        long heard = 0;
        try {
            client.write(ByteBuffer.wrap(GREETING.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            for (int count = client.read(buffer); count >= 0; count = client.read(buffer)) {
                heard += count;
                buffer.clear();
            }
        } catch (IOException e) {
            return heard; // it has gone before it was greeted
        }
        return heard;
    }
}
