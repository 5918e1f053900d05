//! Small pictures of numbers for a terminal.

/// Eight heights, U+2581 to U+2588.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character a number, as high as the number is beside the largest; zero is a dot on the line.
pub fn sparkline(numbers: &[f64]) -> String {
    let most = numbers.iter().copied().fold(0.0, f64::max);
    let height = |number: &f64| match *number > 0.0 {
        true => HEIGHTS[((number / most * 8.0).ceil() as usize).clamp(1, 8) - 1],
        false => '·',
    };
    numbers.iter().map(height).collect()
}

/// A bar of `width` characters for the largest number, and so much shorter for a smaller one; what is not nothing
/// shows.
pub fn bar(number: f64, most: f64, width: usize) -> String {
    let eighths = if most > 0.0 { (number.max(0.0) / most * width as f64 * 8.0).round() as usize } else { 0 };
    let eighths = if number > 0.0 { eighths.max(1) } else { eighths };
    // From the left: U+258F is an eighth of a block, U+2589 seven.
    let rest = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).map(|n| rest[n]));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_is_as_high_as_its_numbers() {
        assert_eq!(sparkline(&[0.0, 1.0, 4.0, 8.0]), "·▁▄█");
        assert_eq!(sparkline(&[0.0, 0.0]), "··");
    }

    #[test]
    fn a_bar_is_as_long_as_its_number_and_what_is_not_nothing_shows() {
        assert_eq!(bar(10.0, 10.0, 4), "████");
        assert_eq!(bar(5.0, 10.0, 4), "██");
        assert_eq!(bar(0.01, 10.0, 4), "▏");
        assert_eq!(bar(0.0, 10.0, 4), "");
        assert_eq!(bar(3.0, 0.0, 4), "▏");
    }
}
