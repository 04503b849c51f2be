package io.autousb.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QemuCommandLineTest {

    @Test
    void parse_whenNameIsBare_readsIt() {
        assertThat(parse("-M q35 -name windows -m 64").name()).contains("windows");
    }

    @Test
    void parse_whenNameHasParameters_readsTheGuest() {
        assertThat(parse("-name guest=windows,debug-threads=on").name()).contains("windows");
        assertThat(parse("-name windows,process=qemu").name()).contains("windows");
        assertThat(parse("--name debug-threads=on,guest=windows").name()).contains("windows");
    }

    @Test
    void parse_whenCommasAreDoubled_unescapesThem() {
        QemuCommandLine line = parse("-name guest=a,,b,debug-threads=on -qmp unix:/run/a,,b.sock,server=on,wait=off");
        assertThat(line.name()).contains("a,b");
        assertThat(line.sockets()).containsExactly("/run/a,b.sock");
    }

    @Test
    void parse_whenQmpOptions_readsUnixSocketsOnly() {
        assertThat(parse("-qmp unix:/run/q.sock,server=on,wait=off -qmp tcp:localhost:4444,server -qmp stdio"
                                + " -qmp-pretty unix:p.sock,server,nowait -monitor unix:/run/hmp,server")
                        .sockets())
                .containsExactly("/run/q.sock", "p.sock");
    }

    @Test
    void parse_whenPathIsAParameter_readsIt() {
        assertThat(parse("-qmp unix:path=/run/q.sock,server=on").sockets()).containsExactly("/run/q.sock");
    }

    /** As libxl 4.17 starts a device model, and an administrator adds a monitor. */
    @Test
    void parse_whenChardevsWithMonitors_readsThoseInControlMode() {
        QemuCommandLine line = parse("-xen-domid 3 -no-shutdown"
                + " -chardev socket,id=libxl-cmd,path=/var/run/xen/qmp-libxl-3,server=on,wait=off"
                + " -mon chardev=libxl-cmd,mode=control"
                + " -mon chardev=hp,mode=control -chardev socket,id=hp,path=/run/xen/hp,server=on"
                + " -chardev socket,id=hmp,path=/run/hmp,server=on -mon chardev=hmp,mode=readline"
                + " -chardev socket,id=serial,path=/run/serial,server=on -mon hmp"
                + " -chardev pty,id=x -name h");
        assertThat(line.sockets()).containsExactly("/var/run/xen/qmp-libxl-3", "/run/xen/hp");
    }

    /** As libvirt 9.0 starts one: the socket was opened before and is passed in. */
    @Test
    void parse_whenMonitorIsAPassedDescriptor_hasNoSocket() {
        QemuCommandLine line = parse("-name guest=win,debug-threads=on -S"
                + " -chardev socket,id=charmonitor,fd=23,server=on,wait=off"
                + " -mon chardev=charmonitor,id=monitor,mode=control");
        assertThat(line.name()).contains("win");
        assertThat(line.sockets()).isEmpty();
    }

    @Test
    void parse_whenCutOff_neverFails() {
        String all = "-name guest=a -chardev socket,id=,path -mon mode=control -qmp unix: -name";
        for (int length = 0; length <= all.length(); length++) {
            assertThat(parse(all.substring(0, length))).isNotNull();
        }
    }

    private static QemuCommandLine parse(String line) {
        return QemuCommandLine.parse(List.of(line.split(" ")));
    }
}
