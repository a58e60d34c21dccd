//! What texts say of the pictures, and values of several lines. Words are masks by then: a page is compared with one that
//! says the same in plain letters.

use super::*;

fn said(text: &str, title: &str) -> Page {
    let mut subject = picture(300, 200);
    subject.fields = Fields::default().with("title", title);
    page(text, a4(10.0, 100), vec![subject])
}

#[test]
fn a_text_says_how_large_its_picture_is_printed() {
    let fixed = "kind='picture'\nframe={width=120, height=100}\n";
    for (block, size) in [
        (format!("{fixed}caption=[{{text='WORDS'}}]"), "120 × 80 mm"),
        (
            format!("{fixed}wrap={{width=10}}\ncaption=[{{text='WORDS'}}]"),
            "120 × 80 mm",
        ),
        // Below the picture, and so drawn before it.
        (
            format!("kind='text'\ntext='[about WORDS]'\n[[block]]\n{fixed}look.fit='fill'"),
            "120 × 100 mm",
        ),
        (
            "kind='grid'\nframe={width=100, height=100}\nrows=1\ncolumns=2\npictures='split'\nlook.fit='fill'\n\
             [[block]]\nkind='text'\ntext='WORDS'"
                .to_owned(),
            "100 × 100 mm",
        ),
    ] {
        let text = format!("[[block]]\n{block}");
        let plain = said(
            &text
                .replace("[about WORDS]", &format!("about {size}"))
                .replace("WORDS", size),
            "",
        );
        assert_eq!(said(&text.replace("WORDS", "{size}"), ""), plain, "{text}");
        assert!(plain.elements.iter().any(|e| matches!(e, Element::Mask { .. })));
    }
    // Whoever gives a size knows better.
    let text = "[[block]]\nkind='picture'\nframe={width=120, height=100}\ncaption=[{text='{size}'}]";
    let mut subject = picture(300, 200);
    subject.fields = Fields::default().with("size", "A4");
    let given = page(text, a4(10.0, 100), vec![subject]);
    assert_eq!(given, said(&text.replace("{size}", "A4"), ""));
}

#[test]
fn a_value_of_several_lines_is_one_line_in_a_caption() {
    let caption = "[[block]]\nkind='picture'\ncaption=[{text='{title}'}]";
    assert_eq!(said(caption, "One\r\ntwo\tthree"), said(caption, "One two three"));
    let block = "[[block]]\nkind='text'\ntext='{title}'";
    assert_eq!(
        said(block, "One\r\ntwo"),
        said(&block.replace("'{title}'", "\"One\\ntwo\""), "")
    );
    assert_ne!(said(block, "One\ntwo"), said(block, "One two"));
}
