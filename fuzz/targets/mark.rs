//! Marks and the watermark are printed and read as the same, and folding marks makes no data younger.
#![no_main]

use freshtag::cache::mark::{HardMark, MOST_SOFT, Reader, SoftMark, TagMarks, Watermark, fold_soft, judge};
use freshtag::time::UnixMillis;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, i64, i64, &str)| {
    let (now, as_of, later, text) = input;
    if let Some(mark) = Watermark::read(text) {
        assert_eq!(Watermark::read(&mark.text()), Some(mark));
    }
    let hard = HardMark::read(text);
    if let Some(mark) = &hard {
        assert_eq!(HardMark::read(&mark.text()).as_ref(), Some(mark));
    }
    let soft = SoftMark::read_list(text);
    if let Some(list) = &soft {
        assert_eq!(SoftMark::read_list(&SoftMark::list_text(list)).as_ref(), Some(list));
    }

    let (now, as_of) = (UnixMillis(now), UnixMillis(as_of));
    let marks = TagMarks { hard, soft: soft.unwrap_or_default() };
    let folded = fold_soft(marks.soft.clone(), now);
    assert!(folded.len() <= MOST_SOFT);
    assert!(folded.is_sorted_by(|a, b| a.s < b.s && a.x < b.x));
    assert_eq!(fold_soft(folded.clone(), now), folded);
    // Another isolate's reader: its own marks count without the lead.
    for now in [now, now.plus_ms(later.max(0))] {
        let reader = Reader { me: "\0nobody", own: Some(UnixMillis(i64::MIN)), lead_ms: 1_000, now };
        let said = |soft: &[SoftMark]| judge(&TagMarks { hard: None, soft: soft.to_vec() }, as_of, &reader);
        assert!(said(&folded) >= said(&marks.soft), "{folded:?}");
    }
    // Time makes nothing valid.
    let reader = |now| Reader { me: "\0nobody", own: None, lead_ms: 1_000, now };
    assert!(judge(&marks, as_of, &reader(now.plus_ms(later.max(0)))) >= judge(&marks, as_of, &reader(now)));
    let mut merged = marks.clone();
    merged.merge(marks.clone(), now);
    assert!(judge(&merged, as_of, &reader(now)) >= judge(&marks, as_of, &reader(now)));
});
