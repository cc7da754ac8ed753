//! Just enough calendar for a `Date` header.

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `now` (unix seconds) as an RFC 7231 date, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(now: i64) -> String {
    let (day, second) = (now.div_euclid(86_400), now.rem_euclid(86_400));
    let (year, month, date) = civil(day);
    let name = |list: &[&'static str], at: i64| list[usize::try_from(at).unwrap_or(0)];
    format!(
        "{}, {date:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        name(&DAYS, day.rem_euclid(7)),
        name(&MONTHS, month - 1),
        second / 3_600,
        second / 60 % 60,
        second % 60,
    )
}

/// Year and month (1–12) of a unix time, for expiry dates.
pub(crate) fn year_and_month(now: i64) -> (i64, i64) {
    let (year, month, _) = civil(now.div_euclid(86_400));
    (year, month)
}

/// The proleptic Gregorian date of a day counted from 1970-01-01.
///
/// Counts in 400-year eras that begin in March, so that the leap day comes last.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days_and_before_the_epoch() {
        let cases = [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ];
        for (now, text) in cases {
            assert_eq!(http_date(now), text);
        }
        assert_eq!(year_and_month(951_782_400), (2000, 2));
    }
}
