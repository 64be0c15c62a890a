package lab.peer.features;

final class Sleep {
    private Sleep() {
    }

    static void millis(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
