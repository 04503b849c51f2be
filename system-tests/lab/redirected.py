"""Devices with any descriptors: what a usb-redir device of QEMU talks to, in the usbredir protocol (spice's docs/usb-redirection-protocol.md)."""
import contextlib
import socket
import struct
import threading

HELLO, DEVICE_CONNECT, INTERFACE_INFO, EP_INFO = 0, 1, 4, 5
SET_CONFIGURATION, GET_CONFIGURATION, CONFIGURATION_STATUS = 6, 7, 8
SET_ALT_SETTING, GET_ALT_SETTING, ALT_SETTING_STATUS = 9, 10, 11
START_INTERRUPT_RECEIVING, STOP_INTERRUPT_RECEIVING, INTERRUPT_RECEIVING_STATUS = 15, 16, 17
CONTROL_PACKET, BULK_PACKET = 100, 101
SUCCESS, STALL = 0, 4
CAPABILITIES = 1 << 4 | 1 << 5 | 1 << 6  # packet sizes of endpoints, 64-bit ids, long bulk packets: QEMU wants them for an xHCI
INVALID, INTERRUPT, BULK = 255, 3, 2
SPEEDS = {"1.5": 0, "12": 1, "480": 2, "5000": 3}
GET_DESCRIPTOR, TO_HOST = 6, 0x80

# of a keyboard as BIOSes know it: 8 modifiers, 5 lamps, 6 keys (HID 1.11, appendix B.1)
KEYBOARD_REPORT = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810195057501050819012905910295017503910195067508150025650507190029658100c0")


class Description:
    """What a device says of itself. Interfaces are (number, class, subclass, protocol)."""

    def __init__(self, vendor, product, device_class, interfaces, speed, strings):
        self.vendor = vendor
        self.product = product
        self.device_class = device_class
        self.interfaces = interfaces
        self.speed = SPEEDS[speed]
        self.strings = strings  # manufacturer, product, serial; None where it has none

    def device(self):
        return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, *self.device_class, 64, self.vendor, self.product, 0x100,
                           *(index + 1 if text is not None else 0 for index, text in enumerate(self.strings)), 1)

    def configuration(self):
        parts = b"".join(self._interface(*interface) for interface in self.interfaces)
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(parts), len(self.interfaces), 1, 0, 0x80, 50) + parts

    def _interface(self, number, *triple):
        ends = [end for end, (_, owner) in self.endpoints().items() if owner == number]
        made = struct.pack("<9B", 9, 4, number, 0, len(ends), *triple, 0)
        if triple[0] == 3:
            made += struct.pack("<BBHBBBH", 9, 0x21, 0x111, 0, 1, 0x22, len(KEYBOARD_REPORT))
        for end in ends:
            kind, _ = self.endpoints()[end]
            made += struct.pack("<BBBBHB", 7, 5, end, kind, self.packet(kind), 10 if kind == INTERRUPT else 0)
        return made

    def packet(self, kind):
        return 8 if kind == INTERRUPT else 512 if self.speed >= 2 else 64

    def endpoints(self):
        """Address -> (type, interface): HID has one to read, mass storage one each way."""
        ends = {}
        for number, usb_class, _, _ in self.interfaces:
            if usb_class == 3:
                ends[0x81 + number] = (INTERRUPT, number)
            elif usb_class == 8:
                ends[0x81 + number] = ends[0x01 + number] = (BULK, number)
        return ends

    def descriptor(self, kind, index):
        if kind == 1:
            return self.device()
        if kind == 2 and index == 0:
            return self.configuration()
        if kind == 3 and index == 0:
            return b"\x04\x03\x09\x04"
        if kind == 3 and index <= 3 and self.strings[index - 1] is not None:
            text = self.strings[index - 1].encode("utf-16-le")
            return bytes([2 + len(text), 3]) + text
        if kind == 0x22:
            return KEYBOARD_REPORT
        return None


class Redirected:
    """A device behind a unix socket, from the making of it to close()."""

    def __init__(self, path, description):
        self.description = description
        self._configuration = 0
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(path)
        self._server.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._server.close()

    def _serve(self):
        with contextlib.suppress(OSError, EOFError):
            self._peer, _ = self._server.accept()
            with self._peer:
                self._introduce()
                kind, length, _ = struct.unpack("<III", self._read(12))  # QEMU's hello, before ids have 64 bits
                self._read(length)
                while True:
                    kind, length, number = struct.unpack("<IIQ", self._read(16))
                    self._handle(kind, number, self._read(length))

    def _read(self, size):
        data = b""
        while len(data) < size:
            more = self._peer.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _send(self, kind, number, data):
        self._peer.sendall(struct.pack("<IIQ", kind, len(data), number) + data)

    def _introduce(self):
        what = self.description
        hello = b"auto-usb-attach lab".ljust(64, b"\0") + struct.pack("<I", CAPABILITIES)
        self._peer.sendall(struct.pack("<III", HELLO, len(hello), 0) + hello)
        ends = {(address & 0x80) >> 3 | address & 0x0f: end for address, end in what.endpoints().items()}
        self._send(EP_INFO, 0, bytes(ends[at][0] if at in ends else 0 if at in (0, 16) else INVALID for at in range(32))
                   + bytes(10 if at in ends and ends[at][0] == INTERRUPT else 0 for at in range(32))
                   + bytes(ends[at][1] if at in ends else 0 for at in range(32))
                   + struct.pack("<32H", *(what.packet(ends[at][0]) if at in ends else 64 if at in (0, 16) else 0 for at in range(32))))
        columns = list(zip(*what.interfaces)) or [(), (), (), ()]
        self._send(INTERFACE_INFO, 0, struct.pack("<I", len(what.interfaces)) + b"".join(bytes(column).ljust(32, b"\0") for column in columns))
        self._send(DEVICE_CONNECT, 0, struct.pack("<BBBBHH", what.speed, *what.device_class, what.vendor, what.product))

    def _handle(self, kind, number, data):
        if kind == SET_CONFIGURATION:
            self._configuration = data[0]
        if kind in (SET_CONFIGURATION, GET_CONFIGURATION):
            self._send(CONFIGURATION_STATUS, number, bytes([SUCCESS, self._configuration]))
        elif kind in (SET_ALT_SETTING, GET_ALT_SETTING):
            self._send(ALT_SETTING_STATUS, number, bytes([SUCCESS, data[0], 0]))
        elif kind in (START_INTERRUPT_RECEIVING, STOP_INTERRUPT_RECEIVING):
            self._send(INTERRUPT_RECEIVING_STATUS, number, bytes([SUCCESS, data[0]]))
        elif kind == CONTROL_PACKET:
            self._control(number, *struct.unpack("<BBBBHHH", data[:10]))
        elif kind == BULK_PACKET:
            self._send(BULK_PACKET, number, struct.pack("<BBHIH", data[0], STALL, 0, 0, 0))

    def _control(self, number, endpoint, request, request_type, _status, value, index, length):
        answer = b""
        if request == GET_DESCRIPTOR and request_type & TO_HOST:
            answer = self.description.descriptor(value >> 8, value & 0xff)
        elif request_type & TO_HOST:
            answer = bytes(min(length, 2))
        status = STALL if answer is None else SUCCESS
        answer = (answer or b"")[:length]
        size = len(answer) if request_type & TO_HOST else length
        self._send(CONTROL_PACKET, number, struct.pack("<BBBBHHH", endpoint, request, request_type, status, value, index, size) + answer)
