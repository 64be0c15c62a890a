package lab.types.geo;

public enum Kind {
    CITY,
    /** It has a body, and so a class of its own. */
    RIVER {
        @Override
        public boolean flows() {
            return true;
        }
    };

    public boolean flows() {
        return false;
    }
}
