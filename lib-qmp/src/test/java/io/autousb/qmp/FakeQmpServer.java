package io.autousb.qmp;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A monitor that says exactly what a test tells it to, over a real socket with QEMU's backlog. */
final class FakeQmpServer implements AutoCloseable {

    /** From QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3). */
    static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7},"
            + " \"package\": \"Debian 1:7.2+dfsg-7+deb12u18+b3\"}, \"capabilities\": [\"oob\"]}}";

    private final ServerSocketChannel server;
    private final List<Client> clients = new ArrayList<>();

    FakeQmpServer(Path socket) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 1);
    }

    /** The next client. */
    Client accept() throws IOException {
        Client client = new Client(server.accept());
        clients.add(client);
        return client;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Client client : clients) {
            client.close();
        }
    }

    /** One connection. */
    static final class Client implements AutoCloseable {
        private final SocketChannel channel;
        private final InputStream in;

        private Client(SocketChannel channel) {
            this.channel = channel;
            this.in = Channels.newInputStream(channel);
        }

        /** Greets and answers the negotiation. */
        Client negotiate() throws IOException {
            say(GREETING);
            answer(read(), "{}");
            return this;
        }

        void say(String line) throws IOException {
            send(line + "\r\n");
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        /** Answers a command that was read. */
        void answer(String command, String value) throws IOException {
            say("{\"return\": " + value + ", \"id\": " + id(command) + "}");
        }

        void refuse(String command, String errorClass, String description) throws IOException {
            say("{\"id\": " + id(command) + ", \"error\": {\"class\": \"" + errorClass + "\", \"desc\": \""
                    + description + "\"}}");
        }

        static long id(String command) {
            return Long.parseLong(command.replaceFirst(".*\"id\":([0-9]+).*", "$1"));
        }

        /** What has come of a line that has no end yet, as soon as it is that long. */
        String readStart(int length) throws IOException {
            return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
        }

        /** Whether nothing more has come yet. */
        boolean isQuiet() throws IOException {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) == 0;
            } finally {
                channel.configureBlocking(true);
            }
        }

        /** A line, without its end; empty at the end of the stream. */
        String read() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                line.append((char) c);
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
