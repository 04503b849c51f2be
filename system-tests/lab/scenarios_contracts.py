"""The contract tests of the project's adapters, each with the machine as its world."""
from lab import contracts
from lab.scenario import scenario
from lab.vm import XEN, XEN_C


@scenario("K1", "the contract of device sources, by udev")
def udev(lab):
    return contracts.run(lab, "UdevInLab", "DS", timeout=1200)


@scenario("K2", "the contract of device sources, by sysfs-poll")
def sysfs_poll(lab):
    return contracts.run(lab, "SysfsPollInLab", "DS", timeout=1200)


@scenario("K3", "the contract of hypervisors, by qmp with real QEMUs")
def qmp(lab):
    return contracts.run(lab, "QmpInLab", "HV", timeout=2400)


@scenario("K4", "the contract of state stores, by xenstore with oxenstored", machine=XEN)
def xenstore(lab):
    return contracts.run(lab, "XenstoreInLab", "ST", timeout=1200)


@scenario("K4.c", "the contract of state stores, by xenstore with the C xenstored", machine=XEN_C)
def xenstore_c(lab):
    return contracts.run(lab, "XenstoreInLab", "ST", timeout=1200)
