package org.example.virsh;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;

/** A device for {@code virsh attach-device}. Made of numbers and of our own mark alone: nothing in it is anybody's text. */
final class HostdevXml {

    private HostdevXml() {}

    /** Address and ids: libvirt takes a device only if both fit ({@code virHostdevFindUSBDevice}). */
    static String of(AttachRequest request) {
        UsbDevice device = request.device();
        return """
                <hostdev mode='subsystem' type='usb' managed='no'>
                  <source startupPolicy='mandatory'>
                    <vendor id='0x%04x'/>
                    <product id='0x%04x'/>
                    <address bus='%d' device='%d'/>
                  </source>
                  <alias name='%s'/>
                  <address type='usb' bus='%d' port='%d'/>
                </hostdev>
                """
                .formatted(
                        device.id().vendor(),
                        device.id().product(),
                        device.address().bus(),
                        device.address().device(),
                        Mark.of(device).alias(),
                        Integer.parseInt(request.port().controller()),
                        request.port().number());
    }
}
