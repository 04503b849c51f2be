package io.autousb.qmp;

import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import java.io.EOFException;
import java.io.IOException;

/** Reads one message after the other from a connection. Used by one thread at a time. */
final class QmpReader {

    private final UnixSocketConnection connection;
    private final QmpLines lines = new QmpLines();

    QmpReader(UnixSocketConnection connection) {
        this.connection = connection;
    }

    /**
     * The next message.
     *
     * @param deadline how long to wait
     * @throws java.net.SocketTimeoutException if none came in time; asking again is possible
     * @throws EOFException at the end
     */
    QmpMessage next(Deadline deadline) throws IOException {
        while (true) {
            int to = lines.next();
            if (to >= 0) {
                byte[] line = lines.line(to);
                return QmpParser.parse(line, line.length);
            }
            int count = connection.read(lines.room(), deadline.remaining());
            if (count < 0) {
                throw new EOFException("the other end has closed the connection");
            }
            lines.added(count);
        }
    }
}
