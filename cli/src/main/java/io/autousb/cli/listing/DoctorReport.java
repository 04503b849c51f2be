package io.autousb.cli.listing;

import io.autousb.api.Finding;
import io.autousb.cli.console.SafeText;
import io.autousb.runtime.doctor.Diagnosis;
import java.util.List;
import java.util.Locale;

/**
 * What an examination has found.
 *
 * @param version of this form
 * @param works whether nothing stops the program
 * @param findings in the order in which a person would look
 */
public record DoctorReport(int version, boolean works, List<Entry> findings) {

    private static final int VERSION = 1;

    /**
     * Something that was found.
     *
     * @param level {@code ok}, {@code warning} or {@code problem}
     * @param subject what was examined
     * @param what what was found
     * @param where where, or an empty text
     * @param remedy what a person can do, or an empty text
     */
    public record Entry(String level, String subject, String what, String where, String remedy) {}

    /**
     * Puts a report together.
     *
     * @param diagnoses what was found
     * @return the report
     */
    public static DoctorReport of(List<Diagnosis> diagnoses) {
        return new DoctorReport(
                VERSION,
                diagnoses.stream().noneMatch(Diagnosis::isProblem),
                diagnoses.stream().map(DoctorReport::entry).toList());
    }

    private static Entry entry(Diagnosis diagnosis) {
        Finding finding = diagnosis.finding();
        return new Entry(
                level(finding),
                SafeText.line(diagnosis.subject()),
                SafeText.line(finding.what()),
                SafeText.line(finding.where()),
                SafeText.line(finding.remedy()));
    }

    /**
     * A finding for people.
     *
     * @param diagnosis what was found
     * @return one line
     */
    public static String line(Diagnosis diagnosis) {
        Finding finding = diagnosis.finding();
        return SafeText.line(String.format(Locale.ROOT, "%-8s %s %s", level(finding), diagnosis.subject(), finding));
    }

    private static String level(Finding finding) {
        return finding.level().name().toLowerCase(Locale.ROOT);
    }
}
