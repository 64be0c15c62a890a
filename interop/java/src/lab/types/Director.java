package lab.types;

import java.math.BigDecimal;

public class Director extends Manager {
    public BigDecimal bonus;
}
