//! The page a mail's HTML stands on.

/// A whole HTML document around the body; the preheader is the line mail programs show beside the subject.
pub fn page(body: &str, preheader: Option<&str>) -> String {
    let preheader = preheader.map_or_else(String::new, |text| {
        format!("<div style=\"display:none;max-height:0;overflow:hidden\">{}</div>\n", escape(text))
    });
    format!(
        "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family:sans-serif;font-size:15px;line-height:1.5;max-width:640px\">\n\
         {preheader}{body}</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
