fn main() -> std::io::Result<()> {
    ch02::run(ch02::greet)
}
